// A password that is typed into a form is found in the service's Secret, and nowhere else.

import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { objects, objectsAsText } from './support/cluster.ts';
import { expectStep } from './support/pages.ts';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'safety' });

/** The forms in which a text may lie about: as it is, in hexadecimal, and in base64 at each of three offsets. */
function forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // The first and the last letters hold bits of what stands around.
    return shifted.slice(offset === 0 ? 0 : 4, -4);
  });
  return [text, bytes.toString('hex'), ...base64];
}

/** Which of the named texts hold the marker. */
function holders(places: Map<string, Buffer | string>, marker: string): string[] {
  const wanted = forms(marker).map((form) => Buffer.from(form));
  const found: string[] = [];
  for (const [name, content] of places) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (wanted.some((form) => bytes.includes(form))) {
      found.push(name);
    }
  }
  return found;
}

async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const name = path.join(entry.parentPath, entry.name);
      found.set(path.relative(folder, name), await readFile(name));
    }
  }
  return found;
}

/** Reads command lines and environments of all processes, over and over, until it is told to stop. */
class ProcessWatch {
  readonly seen = new Map<string, string>();
  #on = true;
  readonly #done = this.#run();

  async #run(): Promise<void> {
    while (this.#on) {
      for (const pid of await readdir('/proc')) {
        if (/^\d+$/.test(pid) && Number(pid) !== process.pid) {
          await this.#note(`/proc/${pid}`);
        }
      }
      await turn();
    }
  }

  async #note(folder: string): Promise<void> {
    try {
      const line = (await readFile(`${folder}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      this.seen.set(`cmdline: ${line}`, line);
      if (/(^|\/)helm /.test(line)) {
        this.seen.set(`environ: ${line}`, await readFile(`${folder}/environ`, 'utf8'));
      }
    } catch {
      // It has ended meanwhile.
    }
  }

  async stop(): Promise<Map<string, string>> {
    this.#on = false;
    await this.#done;
    return this.seen;
  }
}

test('a secret stays where it belongs', async ({ page, installation }) => {
  const marker = `canary-${randomBytes(24).toString('hex')}`;
  const name = `Safe ${randomBytes(3).toString('hex')}`;
  const api = await installation.api();
  const { id, namespace, operation } = await api.createWorkspace('Vault');
  await expect.poll(() => api.stateOf(operation)).toBe('SUCCEEDED');

  const sent: string[] = [];
  const received = new Map<string, string>();
  const reading: Promise<void>[] = [];
  page.on('request', (request) => {
    if (`${request.url()} ${request.postData() ?? ''}`.includes(marker)) {
      sent.push(request.postData() ?? request.url());
    }
  });
  page.on('response', (response) => {
    const label = `answer ${received.size}: ${response.url()}`;
    if (response.url().endsWith('/graphql') && response.request().method() === 'POST') {
      received.set(label, '');
      reading.push(response.text().then((text) => void received.set(label, JSON.stringify(response.headers()) + text)));
    }
  });
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => void received.set(`frame ${received.size}`, payload.toString()));
    socket.on('framesent', ({ payload }) => void received.set(`sent frame ${received.size}`, payload.toString()));
  });

  await signIn(page, installation);
  // Only by links: with another document the browser would forget the answers before they are read.
  await page.locator('#main').getByRole('link', { name: 'Vault' }).click();
  await page.getByRole('link', { name: 'Launch an app' }).click();
  await page.getByRole('link', { name: 'PostgreSQL' }).click();
  await page.getByRole('link', { name: 'Configure and launch' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByText('Advanced', { exact: true }).click();
  await page.getByLabel(/^Password/).fill(marker);
  const processes = new ProcessWatch();
  await page.getByRole('button', { name: 'Launch' }).click();
  await expectStep(page, 'Wait until ready', 'DONE');
  const lines = await processes.stop();
  await page.getByRole('link', { name: 'Open service' }).click();
  await expect(page.getByText('Secret, not shown')).toBeVisible();
  for (const tab of ['Events', 'Activity', 'Logs', 'Overview']) {
    await page.getByRole('navigation', { name: 'Service', exact: true }).getByRole('link', { name: tab }).click();
    await expect(page.locator('.tab-body')).not.toBeEmpty();
  }
  await Promise.all(reading);

  // Each place is also asked for something that has to be there: a search that finds nothing at all proves nothing.
  const service = await api.ask<{ workspace: { services: { releaseName: string }[] } }>(
    'query Release($id: ID!) { workspace(id: $id) { services { releaseName } } }',
    { id },
  );
  const release = service.workspace.services[0]?.releaseName ?? '';
  expect(release).not.toBe('');

  await test.step('it is in the Secret', async () => {
    const secrets = await objects(namespace, 'secrets');
    const own = secrets.filter((secret) => (secret as { type?: string }).type === 'Opaque');
    const values = own.flatMap((secret) => Object.values(secret.data ?? {}));
    expect(values.map((value) => Buffer.from(value, 'base64').toString())).toContain(marker);
  });

  await test.step('it was sent once, with the launch', async () => {
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('launchService');
  });

  await test.step('it is in no file of the server', async () => {
    const files = await filesOf(installation.dataDir);
    const names = [...files.keys()].join(' ');
    expect(names).toMatch(/-wal\b/);
    expect(holders(files, name).join(' '), 'the database is searched').toMatch(/\.(db|sqlite3?)/);
    expect(holders(files, marker)).toEqual([]);
  });

  await test.step('it is not in the log of the server', async () => {
    const log = new Map([['log', await readFile(installation.logFile)]]);
    expect(holders(log, 'SERVICE_LAUNCH')).toEqual(['log']);
    expect(holders(log, marker)).toEqual([]);
  });

  await test.step('it was on no command line, nor in the environment of Helm', async () => {
    const withRelease = holders(lines, release);
    expect(withRelease.filter((one) => one.startsWith('cmdline: ')).join('\n'), 'Helm was seen at work').toMatch(
      /helm .*(install|upgrade)/,
    );
    expect([...lines.keys()].filter((one) => one.startsWith('environ: ')).length).toBeGreaterThan(0);
    expect(holders(lines, marker)).toEqual([]);
  });

  await test.step('it is in no answer and no frame', async () => {
    expect(holders(received, name).length).toBeGreaterThan(2);
    expect([...received.keys()].filter((one) => one.startsWith('frame')).length).toBeGreaterThan(2);
    expect(holders(received, marker)).toEqual([]);
  });

  await test.step('it is in nothing that the page keeps', async () => {
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    const html = await page.content();
    expect(holders(new Map([['page', html]]), name)).toEqual(['page']);
    expect(holders(new Map([['page', html], ['storage', kept]]), marker)).toEqual([]);
  });

  await test.step('it is in no other object of the cluster', async () => {
    const kinds = ['pods', 'events', 'deployments', 'statefulsets', 'configmaps', 'services', 'persistentvolumeclaims'];
    const texts = new Map<string, string>();
    for (const kind of kinds) {
      texts.set(kind, await objectsAsText(namespace, kind));
    }
    expect(holders(texts, release)).toEqual(expect.arrayContaining(['pods', 'events', 'statefulsets']));
    expect(holders(texts, marker)).toEqual([]);
  });
});
