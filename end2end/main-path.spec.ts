// The main job, from the first sign-in to a deleted app, in one browser, while another looks on.

import { hold, kubectl, letGo, log, objects } from './support/cluster.ts';
import { badge, expectStep, step, tab } from './support/pages.ts';
import { expect, test } from './support/test.ts';

test.use({ installationName: 'main-path' });

const PASSWORD = 'seven copper kettles in the rain';

type LaunchBody = { variables: { input: { values: { pointer: string }[]; subdomain: string } } };

test('an app is launched, watched, read, restarted and deleted', async ({
  page,
  context,
  installation,
  anotherBrowser,
}) => {
  test.setTimeout(300_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: installation.url });

  await test.step('the policy allows nothing but what was built in', async () => {
    const response = await page.goto('/');
    const policy = response?.headers()['content-security-policy'] ?? '';
    const directives = new Map(
      policy.split(';').map((part) => {
        const [name, ...values] = part.trim().split(/\s+/);
        return [name, values] as const;
      }),
    );
    expect(directives.get('default-src')).toEqual(["'self'"]);
    expect(directives.get('style-src')).toEqual(["'self'"]);
    expect(directives.get('connect-src')).toEqual(["'self'"]);
    expect(directives.get('object-src')).toEqual(["'none'"]);
    expect(directives.get('base-uri')).toEqual(["'none'"]);
    expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
    const scripts = directives.get('script-src') ?? [];
    expect(scripts).toContain("'self'");
    expect(scripts.filter((one) => !/^'(self|wasm-unsafe-eval|sha(256|384|512)-[\w+/=]+)'$/.test(one))).toEqual([]);
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
    expect(response?.headers()['x-content-type-options']).toBe('nosniff');
  });

  await test.step('the password that was handed over has to be changed first', async () => {
    await expect(page).toHaveURL(/\/sign-in/);
    await page.getByLabel('E-mail').fill(installation.email);
    await page.getByLabel('Password', { exact: true }).fill(installation.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(/\/change-password$/);
    await expect(page.getByRole('heading', { name: 'Choose your own password' })).toBeVisible();

    await page.goto('/workspaces');
    await expect(page).toHaveURL(/\/change-password$/);

    const first = page.getByLabel('New password', { exact: true });
    await first.fill('short');
    await page.getByLabel('New password again').focus();
    await expect(first).toHaveAttribute('aria-invalid', 'true');
    await expect(first).toHaveAccessibleDescription(/Too short/);
    await page.getByLabel('Current password').fill(installation.password);
    await first.fill(PASSWORD);
    await page.getByLabel('New password again').fill(`${PASSWORD}!`);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByLabel('New password again')).toHaveAccessibleDescription(/does not match/);
    await page.getByLabel('New password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page).toHaveURL(/\/workspaces$/);
    installation.changedTo(PASSWORD);
  });

  const second = await anotherBrowser();

  await test.step('a first workspace is made', async () => {
    await expect(page.getByRole('heading', { name: /^Welcome/ })).toBeVisible();
    await page.getByRole('button', { name: 'Create workspace' }).click();
    await expect(page.getByLabel('Name')).toHaveAccessibleDescription(/This is needed/);
    await page.getByLabel('Name').fill('Acme Works');
    await page.getByLabel('Description').fill('Tools of the workshop');
    await page.getByRole('button', { name: 'Create workspace' }).click();
    await expect(page).toHaveURL(/\/w\/[^/]+$/);
    await expect(page.getByRole('heading', { level: 1, name: 'Acme Works' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Launch your first app' })).toBeVisible();
  });
  const workspace = new URL(page.url()).pathname;

  await test.step('a second browser, signed in too, opens the same workspace', async () => {
    await second.goto(workspace);
    await expect(second).toHaveURL(/\/sign-in\?next=/);
    await second.getByLabel('E-mail').fill(installation.email);
    await second.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await second.getByRole('button', { name: 'Sign in' }).click();
    await expect(second).toHaveURL(new RegExp(`${workspace}$`));
    await expect(second.getByRole('heading', { name: 'Launch your first app' })).toBeVisible();
  });
  await second.evaluate(() => {
    (window as unknown as { neverReloaded: boolean }).neverReloaded = true;
  });

  const namespace = await test.step('the workspace says which namespace it has', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
    const shown = page.locator('dd code').first();
    await expect(shown).not.toBeEmpty();
    const name = (await shown.textContent()) ?? '';
    expect(await kubectl('get', 'namespace', name, '--output', 'name')).toContain(name);
    return name;
  });

  await test.step('the marketplace is searched while one types, and by category', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Marketplace' }).click();
    const apps = page.locator('.app-card');
    await expect(apps).toHaveCount(12);
    const search = page.getByRole('searchbox', { name: 'Search apps' });
    await search.pressSequentially('workfl');
    await expect(apps).toHaveCount(1);
    await expect(apps.getByRole('heading', { name: 'n8n' })).toBeVisible();
    await expect(page).toHaveURL(/[?&]q=workfl/);
    await search.fill('there is no such app');
    await expect(page.getByText('No app fits')).toBeVisible();
    await page.getByRole('button', { name: 'Show all apps' }).click();
    await expect(apps).toHaveCount(12);
    await expect(search).toHaveValue('');
    await page.getByRole('button', { name: 'Database' }).click();
    await expect(apps).toHaveCount(2);
    await expect(apps.getByRole('heading', { name: 'PostgreSQL' })).toBeVisible();
    await expect(page).toHaveURL(/category=database/);
    await page.reload();
    await expect(apps).toHaveCount(2);
    await expect(page.getByRole('button', { name: 'Database' })).toHaveAttribute('aria-pressed', 'true');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('link', { name: 'n8n' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'n8n' })).toBeVisible();
    await expect(page.getByText('€9.00 a month')).toBeVisible();
    await expect(page.getByText('512 MiB')).toBeVisible();
    await page.getByRole('link', { name: 'Configure and launch' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Launch n8n' })).toBeVisible();
  });

  await test.step('what is wrong is said beside the field', async () => {
    const name = page.getByLabel('Name', { exact: true });
    await expect(name).toHaveValue('n8n');
    await name.fill('');
    await page.getByLabel('Address').focus();
    await expect(name).toHaveAccessibleDescription(/This is needed/);
    await name.fill('Flow');

    const address = page.getByLabel('Address');
    await address.fill('-a');
    await name.focus();
    await expect(address).toHaveAttribute('aria-invalid', 'true');
    const label = `flow-${namespace.slice(-6)}`;
    await address.fill('');
    await expect(page.getByText('Left empty, a random address is chosen.')).toBeVisible();
    await address.pressSequentially(label);
    await expect(page.locator('.preview')).toContainText('Free');
    await expect(page.locator('.preview')).toContainText(`${label}.apps.localhost`);
    await expect(address).not.toHaveAttribute('aria-invalid', 'true');

    await page.getByText('Advanced', { exact: true }).click();
    await expect(page.getByLabel('Encryption key')).toHaveAccessibleDescription(/Left empty, we make one of 32 letters/);
    const days = page.getByLabel('Keep history for (days)');
    await days.fill('999');
    await page.getByRole('button', { name: 'Launch' }).click();
    await expect(days).toHaveAccessibleDescription(/from 1 to 365/);
    await expect(days).toBeFocused();
    await expect(page).toHaveURL(/\/launch$/);
    await days.fill('30');
  });

  await test.step('nothing is sent but what the app declares', async () => {
    // Its pods are kept waiting, so that the middle of the launch is a place and not a moment.
    await hold(namespace);
    const sent = page.waitForRequest((request) => (request.postData() ?? '').includes('launchService'));
    await page.getByRole('button', { name: 'Launch' }).click();
    const { input } = ((await sent).postDataJSON() as LaunchBody).variables;
    const pointers = input.values.map((value) => value.pointer);
    const api = await installation.api();
    const { app } = await api.ask<{ app: { fields: { pointer: string }[] } }>(
      'query Fields { app(slug: "n8n") { fields { pointer } } }',
    );
    const declared = app.fields.map((field) => field.pointer);
    expect(pointers.filter((pointer) => !declared.includes(pointer))).toEqual([]);
    expect(pointers).toContain('/n8n/executionHistoryDays');
    expect(pointers, 'an empty secret is made by the server').not.toContain('/n8n/encryptionKey');
  });

  await test.step('the launch is followed, also after a reload in the middle', async () => {
    await expect(page.getByRole('heading', { level: 1, name: 'Launch of Flow' })).toBeVisible();
    await expectStep(page, 'Install with Helm', 'DONE');
    await expectStep(page, 'Wait until ready', 'RUNNING');
    const made = page.getByRole('region', { name: 'Made for you' });
    await expect(made).toContainText('Encryption key');
    const secret = (await made.locator('code').textContent()) ?? '';
    expect(secret).toMatch(/^[\w-]{32}$/);
    await made.getByRole('button', { name: 'Copy Encryption key' }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: 'Launch of Flow' })).toBeVisible();
    await expect(made, 'it is shown once').toHaveCount(0);
    await expectStep(page, 'Install with Helm', 'DONE');
    await expectStep(page, 'Wait until ready', 'RUNNING');
    await expect(badge(page.locator('.operation-head'))).toHaveText('In progress');
    const install = step(page, 'Install with Helm');
    await install.getByRole('button').click();
    await expect(install.locator('.journal')).toContainText('helm ');
    await expect(install.locator('.journal')).not.toContainText('helm helm');
    await expect(install.locator('time').first()).toHaveText(/\d/);
  });

  const card = second.locator('.service-card').filter({ hasText: 'Flow' });
  await test.step('the second browser sees it come up without a reload', async () => {
    await expect(card).toBeVisible();
    await expect(badge(card)).toHaveText(/Pending|Deploying/);
    await letGo(namespace);
    await expect(badge(card)).toHaveText('Running', { timeout: 60_000 });
    await expect(card).toContainText('1 of 1 pods ready');
    expect(await second.evaluate(() => (window as unknown as { neverReloaded?: boolean }).neverReloaded)).toBe(true);
  });

  await test.step('the launch ends well', async () => {
    await expect(badge(page.locator('.operation-head'))).toHaveText('Done');
    for (const name of ['Check the chart', 'Install with Helm', 'Web address', 'Wait until ready']) {
      await expectStep(page, name, 'DONE');
    }
    await expect(page.getByText('It is up.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
    await page.getByRole('link', { name: 'Open service' }).click();
  });

  await test.step('the service says how it is and where', async () => {
    await expect(page.getByRole('heading', { level: 1, name: 'Flow' })).toBeVisible();
    await expect(badge(page.locator('.service-head'))).toHaveText('Running');
    await expect(page.locator('.status-sentence')).toHaveText('Running, all pods are ready.');
    const about = page.getByRole('complementary', { name: 'About this service' });
    const host = `flow-${namespace.slice(-6)}.apps.localhost`;
    await expect(about.getByRole('link', { name: host })).toHaveAttribute('href', new RegExp(`^https?://${host}`));
    await expect(about.getByText('Simulated')).toBeVisible();
    await about.getByRole('button', { name: 'Copy address' }).click();
    await expect(page.getByText('Copied to the clipboard.')).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(host);
    await expect(about).toContainText('Revision1');
    await expect(page.locator('.pod')).toHaveCount(1);
    await expect(badge(page.locator('.pod'))).toHaveText('Ready');
    await expect(page.locator('.pod .containers')).toContainText('n8n');
    const values = page.locator('section', { has: page.getByRole('heading', { name: 'Configuration' }) });
    await expect(values).toContainText('Keep history for (days)30');
    await expect(values, 'an option in the words of the form').toContainText('Log levelNormal');
    await expect(values).toContainText('Secret, not shown');
  });
  const service = new URL(page.url()).pathname;

  await test.step('its events are told', async () => {
    await tab(page, 'Events').click();
    await expect(page).toHaveURL(`${installation.url}${service}/events`);
    await expect(page.locator('.events')).toContainText('Started the containers');
  });

  await test.step('its log follows, holds and catches up', async () => {
    await tab(page, 'Logs').click();
    const lines = page.getByRole('log');
    const state = page.locator('.log-state').getByRole('status');
    await expect(state).toContainText('Live');
    await log('e2e: the first line');
    await expect(lines).toContainText('e2e: the first line');

    await second.goto(`${service}/logs`);
    await expect(second.locator('.log-state').getByRole('status')).toContainText('Live');
    await page.locator('.log-controls').getByRole('button', { name: 'Pause' }).click();
    await expect(state).toContainText('Paused.');
    await log('e2e: the second line');
    await expect(second.getByRole('log')).toContainText('e2e: the second line');
    await expect(state).toHaveText(/Paused\. [1-9]\d* new lines? waits?\./);
    await expect(lines).not.toContainText('e2e: the second line');
    await page.locator('.log-controls').getByRole('button', { name: 'Resume' }).click();
    await expect(lines).toContainText('e2e: the second line');
    await expect(state).toContainText('Live');
    await log('e2e: the third line');
    await expect(lines).toContainText('e2e: the third line');
  });

  await test.step('it restarts', async () => {
    const uids = async () => (await objects(namespace, 'pods')).map((pod) => pod.metadata.uid);
    const before = await uids();
    expect(before).toHaveLength(1);
    await page.getByRole('button', { name: 'Restart' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
    await expect(page).toHaveURL(/\/activity$/);
    await expect(page.getByRole('heading', { name: 'Restart of Flow' })).toBeVisible();
    await expect(badge(page.locator('.operation-head'))).toHaveText('Done', { timeout: 60_000 });
    await expect(badge(page.locator('.service-head'))).toHaveText('Running');
    await expect.poll(uids, 'another pod has taken its place').not.toContain(before[0]);
  });

  await second.goto(workspace);
  await expect(card).toBeVisible();

  await test.step('it is deleted with its data, once its name is typed', async () => {
    const [claim] = await objects(namespace, 'persistentvolumeclaims');
    await tab(page, 'Settings').click();
    await page.getByRole('button', { name: 'Delete service' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('heading', { name: 'Delete Flow' })).toBeVisible();
    await expect(dialog.locator('fieldset')).toContainText(claim?.metadata.name ?? 'a claim');
    const size = (claim?.status as { capacity: { storage: string } }).capacity.storage.replace(/Gi$/, ' GiB');
    await expect(dialog.locator('fieldset')).toContainText(size);
    await expect(dialog.getByRole('radio', { name: 'Keep the data' })).toBeChecked();
    await dialog.getByRole('radio', { name: 'Delete the data' }).check();
    const confirm = dialog.getByLabel('Type Flow to confirm');
    await confirm.fill('flow');
    await dialog.getByRole('button', { name: 'Delete service and data' }).click();
    await expect(confirm).toHaveAccessibleDescription(/does not match/);
    await confirm.fill('Flow');
    await dialog.getByRole('button', { name: 'Delete service and data' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Deletion of Flow' })).toBeVisible();
    await expect(page.getByText('The service has been deleted.')).toBeVisible({ timeout: 60_000 });
    await expectStep(page, 'Uninstall with Helm', 'DONE');
    await expectStep(page, 'Volumes', 'DONE');
    const left = async () => {
      const kinds = 'pods,deployments,statefulsets,services,ingresses,persistentvolumeclaims,secrets';
      const all = await objects(namespace, kinds);
      return all.filter((one) => JSON.stringify(one.metadata).includes('n8n')).map((one) => one.metadata.name);
    };
    await expect.poll(left, { message: 'nothing of it is left in the cluster', timeout: 120_000 }).toEqual([]);
  });

  await test.step('the second browser sees it go', async () => {
    await expect(card).toHaveCount(0);
    await expect(second.getByRole('heading', { name: 'Launch your first app' })).toBeVisible();
  });

  await test.step('its old address leads nowhere', async () => {
    await page.goto(service);
    await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
  });
});
