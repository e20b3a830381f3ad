// A server that is killed in the middle of what it does, and what the console shows of it.

import { hold, letGo } from './support/cluster.ts';
import { badge, expectStep, step } from './support/pages.ts';
import { expect, signIn, test } from './support/test.ts';

// An operation whose server was lost is taken up when its lease has run out.
test.use({ installationName: 'faults', installationEnv: { WOOW_OPERATIONS__LEASE_SECONDS: '6' } });

/** While the server is away the page tries ever less often, at last every 15 seconds; then it has to be let in as well. */
const BACK_WITHIN = 40_000;

test('a launch goes on after its server was killed, and the page that showed it too', async ({
  page,
  installation,
  problems,
}) => {
  test.setTimeout(300_000);
  const api = await installation.api();
  const { id, namespace, operation: making } = await api.createWorkspace('Storm');
  await expect.poll(() => api.stateOf(making)).toBe('SUCCEEDED');
  await signIn(page, installation);
  await hold(namespace);
  const { id: service, operation } = await api.launch(id, 'n8n', 'Flow');
  await page.goto(`/w/${id}/operations/${operation}`);
  await expectStep(page, 'Install with Helm', 'DONE');
  await expectStep(page, 'Wait until ready', 'RUNNING');
  await page.evaluate(() => {
    (window as unknown as { neverReloaded: boolean }).neverReloaded = true;
  });

  await installation.kill();
  const bar = page.getByText('Connection lost. Reconnecting. What you see may be out of date.');
  await expect(bar).toBeVisible();
  // What was known stays in sight.
  await expectStep(page, 'Install with Helm', 'DONE');

  await installation.startAgain();
  await expect(bar).toBeHidden({ timeout: BACK_WITHIN });
  await expect(badge(page.locator('.operation-head'))).toHaveText('In progress');
  await expectStep(page, 'Wait until ready', 'RUNNING');
  const journal = page.locator('.journal li');
  const takenUp = journal.filter({ hasText: 'Taken up again after the server that worked on it was lost.' });
  await expect(takenUp).toHaveCount(1, { timeout: 60_000 });
  // What was done before is neither told twice nor forgotten.
  const install = step(page, 'Install with Helm');
  await install.getByRole('button').click();
  await expect(install.locator('.journal li').filter({ hasText: /helm .*install/ })).toHaveCount(1);
  await expect(page.getByRole('button', { name: /^Running now/ })).toHaveAccessibleName('Running now: 1 operation');

  await letGo(namespace);
  await expect(badge(page.locator('.operation-head'))).toHaveText('Done', { timeout: 60_000 });
  for (const name of ['Check the chart', 'Install with Helm', 'Web address', 'Wait until ready']) {
    await expectStep(page, name, 'DONE');
  }
  await expect(page.getByRole('button', { name: /^Running now/ })).toHaveAccessibleName('Running now: nothing');
  expect(await page.evaluate(() => (window as unknown as { neverReloaded?: boolean }).neverReloaded)).toBe(true);

  // Killed while nothing was under way: the service's page comes back as right as it was.
  await page.getByRole('link', { name: 'Open service' }).click();
  await expect(page.locator('.status-sentence')).toHaveText('Running, all pods are ready.');
  await installation.kill();
  await expect(bar).toBeVisible();
  await installation.startAgain();
  await expect(bar).toBeHidden({ timeout: BACK_WITHIN });
  // The server reads the cluster first; then it knows again, and so does the page.
  await expect.poll(() => api.statusOf(service)).toBe('RUNNING ALL_READY');
  await expect(page.locator('.status-sentence')).toHaveText('Running, all pods are ready.');

  // The browser notes each attempt that failed, and the socket's end.
  const said = problems.splice(0);
  expect(said.filter((one) => !/ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE/.test(one))).toEqual([]);
});
