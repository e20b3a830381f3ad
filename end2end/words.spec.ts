// What the console says is so, and is said in words that help.

import type { Locator } from '@playwright/test';
import { hold, letGo } from './support/cluster.ts';
import { badge, expectStep } from './support/pages.ts';
import { expect, readyWorkspace, signIn, signInAs, test } from './support/test.ts';

test.use({ installationName: 'words' });

const PASSWORD = 'four slow barges on the canal';

test('what form a text has is told in words, not as a pattern', async ({ page, installation }) => {
  const { id } = await readyWorkspace(installation, 'Forms');
  await signIn(page, installation);
  await page.goto(`/w/${id}/marketplace/postgresql/launch`);
  const database = page.getByLabel('Database', { exact: true });
  await database.fill('Orders-2026');
  await page.getByRole('button', { name: 'Launch' }).click();
  await expect(database).toHaveAccessibleDescription(/right form: small letters from a to z, digits and _,/);
  await expect(database).toBeFocused();
  await expect(page.getByText('[a-z')).toHaveCount(0);
  await expect(page).toHaveURL(/\/launch$/);
});

test('a restart is called a restart', async ({ page, installation }) => {
  test.setTimeout(240_000);
  const { api, id, namespace } = await readyWorkspace(installation, 'Again');
  const { id: service } = await api.launch(id, 'uptime-kuma', 'Lookout');
  await expect.poll(() => api.statusOf(service), { timeout: 60_000 }).toBe('RUNNING ALL_READY');
  await signIn(page, installation);
  await page.goto(`/w/${id}/services/${service}`);
  // The new pod is kept waiting, so that the restart is a place and not a moment.
  await hold(namespace);
  await page.getByRole('button', { name: 'Restart' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
  const word = badge(page.locator('.service-head'));
  await expect(word).toHaveText('Restarting');
  await letGo(namespace);
  await expect(word).toHaveText('Running', { timeout: 90_000 });
  await expect(page.locator('.status-since')).toHaveText(/^For \d+ (second|minute)s?$/);
});

test('what a deletion takes is what is there', async ({ page, installation }) => {
  const { api, id } = await readyWorkspace(installation, 'Endings');
  const database = await api.launch(id, 'valkey', 'Cache');
  const site = await api.launch(id, 'uptime-kuma', 'Lookout');
  await signIn(page, installation);
  for (const [service, freed] of [[database, 0], [site, 1]] as const) {
    await page.goto(`/w/${id}/services/${service.id}/settings`);
    await expect(page.getByText('Ends the app')).toBeVisible();
    await expect(page.getByText('frees its address')).toHaveCount(freed);
    await page.getByRole('button', { name: 'Delete service' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByText('This cannot be undone.')).toBeVisible();
    await expect(dialog).toHaveAccessibleDescription(/This cannot be undone\.$/);
    await expect(dialog.getByText('web address is freed')).toHaveCount(freed);
  }
});

test('an app says what it needs at least, and which passwords it asks for', async ({ page, installation }) => {
  const { id } = await readyWorkspace(installation, 'Shelf');
  await signIn(page, installation);
  const fact = (name: string) => page.locator('.facts > div').filter({ has: page.locator('dt', { hasText: name }) });
  for (const [app, label, words] of [
    ['grafana', 'Password of the administrator', 'You choose it at the launch'],
    ['postgresql', 'Password', 'Made for you, unless you give one'],
  ] as const) {
    await page.goto(`/w/${id}/marketplace/${app}`);
    await expect(fact(label).locator('dd')).toHaveText(words);
  }
  await page.getByRole('link', { name: 'Configure and launch' }).click();
  // What is chosen here is more than the least.
  await page.getByLabel('Storage', { exact: true }).selectOption('10 GiB');
  await expect(fact('Storage at least').locator('dd')).toHaveText('1 GiB');
});

test('a guest is told before they fill in anything that they may not launch', async ({ page, installation }) => {
  const { api, id } = await readyWorkspace(installation, 'Gallery');
  await installation.person('gus@woow.local', 'Gus', 'member', PASSWORD);
  await api.ask('mutation Add($input: AddMemberInput!) { addMember(input: $input) { member { role } } }', {
    input: { workspaceId: id, email: 'gus@woow.local', role: 'GUEST' },
  });
  await signInAs(page, 'gus@woow.local', PASSWORD);
  const reason = page.getByText('Your role in this workspace does not allow this.', { exact: false });
  for (const address of ['marketplace/uptime-kuma', 'marketplace/uptime-kuma/launch']) {
    await page.goto(`/w/${id}/${address}`);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Uptime Kuma');
    await expect(reason).toBeVisible();
    await expect(page.getByRole('link', { name: 'Configure and launch' })).toHaveCount(0);
    await expect(page.getByLabel('Name', { exact: true })).toBeHidden();
    await expect(page.getByRole('button', { name: 'Launch' })).toHaveCount(0);
  }
});

test('a badge stands beside a short name and below a long one', async ({ page, installation }) => {
  const { api, id } = await readyWorkspace(installation, 'Names');
  const long = 'Passwordsofthewholecompanyandallitsguests';
  const services = new Map<string, string>();
  for (const name of [long, 'Keys']) {
    services.set(name, (await api.launch(id, 'vaultwarden', name)).id);
  }
  await signIn(page, installation);
  await page.setViewportSize({ width: 390, height: 844 });
  const isBelow = (sign: Locator, name: Locator) => async () => {
    const [lower, upper] = [await sign.boundingBox(), await name.boundingBox()];
    return lower!.y >= upper!.y + upper!.height;
  };
  for (const [name, service] of services) {
    await page.goto(`/w/${id}`);
    const head = page.locator('.service-card header').filter({ hasText: name });
    await expect(badge(head)).toBeVisible();
    // The typeface may come after the words.
    await expect.poll(isBelow(badge(head), head.getByRole('heading')), `the card of ${name}`).toBe(name === long);
    await page.goto(`/w/${id}/services/${service}`);
    const title = page.locator('.service-title');
    await expect(badge(title)).toBeVisible();
    await expect.poll(isBelow(badge(title), title.getByRole('heading')), `the page of ${name}`).toBe(name === long);
  }
});

test('what a launch has made is shown for as long as there is an app that has it', async ({ page, installation }) => {
  test.setTimeout(240_000);
  const { id, namespace } = await readyWorkspace(installation, 'Locks');
  await hold(namespace);
  await signIn(page, installation);
  await page.goto(`/w/${id}/marketplace/n8n/launch`);
  await page.getByRole('button', { name: 'Launch' }).click();
  const made = page.getByRole('region', { name: 'Made for you' });
  await expect(made).toContainText('Encryption key');
  const secret = (await made.locator('code').textContent()) ?? '';
  await expectStep(page, 'Wait until ready', 'RUNNING');
  await page.getByRole('button', { name: 'Cancel' }).click();
  const head = page.locator('.operation-head');
  await expect(badge(head)).toHaveText('Cancelled', { timeout: 60_000 });
  await expect(made).toHaveCount(0);

  await letGo(namespace);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(made.locator('code'), 'the app gets the one that was made').toHaveText(secret);
  await expect(badge(head)).toHaveText('Done', { timeout: 60_000 });
  const [panel, below] = [await made.boundingBox(), await page.locator('.panel + .alert').boundingBox()];
  expect(below!.y - panel!.y - panel!.height).toBeGreaterThanOrEqual(12);
});

test('which workspaces would lose their only owner is told by name', async ({ page, installation, anotherBrowser }) => {
  await installation.person('wim@woow.local', 'Wim', 'member', PASSWORD);
  const owner = await anotherBrowser();
  await signInAs(owner, 'wim@woow.local', PASSWORD);
  await owner.getByLabel('Name').fill('Shed in the back');
  await owner.getByRole('button', { name: 'Create workspace' }).click();
  await expect(owner).toHaveURL(/\/w\/[0-9a-f]{32}$/);
  await signIn(page, installation);
  await page.goto('/people?q=wim');
  await page.getByRole('button', { name: 'Remove Wim' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('wim@woow.local');
  await dialog.getByRole('button', { name: 'Remove person' }).click();
  await expect(dialog.getByText('Nobody else owns Shed in the back.', { exact: false })).toBeVisible();
});
