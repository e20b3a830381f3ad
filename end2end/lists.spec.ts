// What runs now, what was done, services by page, somewhere to go, and a tab whose network goes away.

import { hold, letGo } from './support/cluster.ts';
import { look } from './support/look.ts';
import { badge, expectStep } from './support/pages.ts';
import { expect, readyWorkspace, signIn, test } from './support/test.ts';

test.use({ installationName: 'lists' });

test('what runs is seen from anywhere, and what was done is listed', async ({ page, installation }) => {
  const { api, id, namespace } = await readyWorkspace(installation, 'Busy');
  await hold(namespace);
  await signIn(page, installation);
  const tray = page.getByRole('button', { name: /^Running now/ });
  await expect(tray).toHaveAccessibleName('Running now: nothing');
  const { operation } = await api.launch(id, 'n8n', 'Flows');
  await expect(tray).toHaveAccessibleName('Running now: 1 operation');

  // By keyboard, from a page that has nothing to do with it.
  await tray.focus();
  await page.keyboard.press('Enter');
  const line = page.getByRole('link', { name: /Launch of Flows/ });
  await expect(line).toContainText('Busy');
  await expect(line).toContainText(/\d of \d steps done/);
  await page.keyboard.press('Escape');
  await expect(line).toBeHidden();
  await expect(tray).toBeFocused();
  await page.keyboard.press('Enter');
  await line.click();
  await expect(page).toHaveURL(new RegExp(`/operations/${operation}$`));

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Operations' }).click();
  const rows = page.locator('.history > li');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('Launch of Flows');
  await page.getByLabel('Status', { exact: true }).selectOption('open');
  await expect(page).toHaveURL(/\?show=open$/);
  await expect(rows).toHaveCount(1);
  await page.reload();
  await expect(page.getByLabel('Status', { exact: true })).toHaveValue('open');
  await expect(rows).toHaveCount(1);
  await expect(page.getByLabel('Kind').locator('option')).toHaveText(['Any kind', 'Preparation', 'Launch', 'Restart', 'Deletion']);
  await page.getByLabel('Kind').selectOption('workspace_create');
  await expect(page.getByText('Nothing fits')).toBeVisible();
  await page.goBack();
  await expect(rows).toHaveCount(1);

  // Its steps are there at once, and it can be cancelled and tried again where it stands.
  await page.getByRole('button', { name: 'Steps of Launch of Flows' }).click();
  await expectStep(page, 'Wait until ready', 'RUNNING');
  await page.goto(`/w/${id}/operations`);
  await page.getByRole('button', { name: 'Steps of Launch of Flows' }).click();
  await page.locator('.operation-head').getByRole('button', { name: 'Cancel' }).click();
  await expect(badge(page.locator('.history-line').first())).toHaveText('Cancelled', { timeout: 60_000 });
  await expect(tray).toHaveAccessibleName('Running now: nothing');
  await letGo(namespace);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(badge(page.locator('.history-line').first())).toHaveText('Done', { timeout: 60_000 });
});

test('one goes somewhere by a few letters', async ({ page, installation }) => {
  const { api, id } = await readyWorkspace(installation, 'Workshop');
  const { id: service } = await api.launch(id, 'uptime-kuma', 'Night watch');
  await signIn(page, installation);
  const field = page.getByRole('combobox', { name: 'Page, workspace, service or action' });
  const options = page.getByRole('option');

  const button = page.getByRole('button', { name: 'Search', exact: true });
  await button.focus();
  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await page.keyboard.type('niwa');
  await expect(options.first()).toContainText('Night watch');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await expect(field).toHaveAttribute('aria-activedescendant', (await options.first().getAttribute('id')) ?? '');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/w/${id}/services/${service}`);
  await expect(field).toBeHidden();

  // What was chosen comes first the next time; in a workspace its pages can be gone to.
  await page.keyboard.press('Control+k');
  await expect(options.first()).toContainText('Night watch');
  await page.keyboard.type('oper');
  await expect(options.first()).toContainText('Page in Workshop');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/w/${id}/operations`);
  await expect(field).toBeHidden();

  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await page.keyboard.type('zzzz');
  await expect(page.getByText('Nothing fits. Try fewer letters.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(field).toBeHidden();

  // On a phone there is a button, and a finger.
  await page.setViewportSize({ width: 390, height: 844 });
  await button.click();
  await field.fill('dark');
  await options.filter({ hasText: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('services are found by what they are', async ({ page, installation }) => {
  const { api, id } = await readyWorkspace(installation, 'Many');
  const one = await api.launch(id, 'n8n', 'Alpha');
  await api.launch(id, 'uptime-kuma', 'Beta');
  await expect.poll(() => api.statusOf(one.id), { timeout: 60_000 }).toBe('RUNNING ALL_READY');
  await signIn(page, installation);
  await page.goto(`/w/${id}/services`);
  const rows = page.locator('.services-table tbody tr');
  await expect(rows).toHaveCount(2);
  const search = page.getByRole('searchbox', { name: 'Name, app or address' });
  await search.fill('kuma');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Beta');
  await expect(page).toHaveURL(/\?q=kuma$/);
  await page.reload();
  await expect(search).toHaveValue('kuma');
  await expect(rows).toHaveCount(1);
  await search.fill('');
  await expect(rows).toHaveCount(2);
  await page.getByLabel('Status').selectOption('error');
  await expect(page.getByText('No service fits')).toBeVisible();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(rows).toHaveCount(2);
  // The page is live: what is launched elsewhere comes in at its place.
  await api.launch(id, 'n8n', 'Aleph');
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toContainText('Aleph');
});

test('a tab without network says so, and comes back right', async ({ page, context, installation, problems }) => {
  const { api, id } = await readyWorkspace(installation, 'Far away');
  await signIn(page, installation);
  await page.goto(`/w/${id}/services`);
  await expect(page.getByText('Nothing launched yet')).toBeVisible();
  const bar = page.getByText('Connection lost. Reconnecting.');
  await context.setOffline(true);
  await expect(bar).toBeVisible();
  await look(page, 'offline');
  await api.launch(id, 'n8n', 'Meanwhile');
  await context.setOffline(false);
  await expect(bar).toBeHidden();
  await expect(page.locator('.services-table tbody tr')).toContainText('Meanwhile');
  // The browser notes each attempt that failed.
  const said = problems.splice(0);
  expect(said.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one))).toEqual([]);
});
