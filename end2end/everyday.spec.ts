// What people do without thinking: by keyboard alone, back and forward, another theme, sign-out.

import { type Locator, type Page } from '@playwright/test';
import { Api } from './support/api.ts';
import { hold, letGo } from './support/cluster.ts';
import { badge, expectStep, tab } from './support/pages.ts';
import { expect, readyWorkspace, signIn, test } from './support/test.ts';

test.use({ installationName: 'everyday' });

/** How an element and the boxes around it are drawn. */
function look(target: Locator): Promise<string> {
  return target.evaluate((element) => {
    const drawn: string[] = [];
    let box: Element | null = element;
    for (let level = 0; box && level < 5; level += 1) {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor } = getComputedStyle(box);
      drawn.push([outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor].join());
      box = box.parentElement;
    }
    return drawn.join(' | ');
  });
}

/** Goes on by Tab until an element has the focus, which has to be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  const focused = () => target.evaluate((element) => element === document.activeElement);
  if (await focused()) {
    return;
  }
  const before = await look(target);
  for (let pressed = 0; pressed < 80 && !(await focused()); pressed += 1) {
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
  await expect.poll(() => look(target), `focus is visible on ${target}`).not.toBe(before);
}

test('an answer that never comes is not waited for without end', async ({ page, installation }) => {
  await installation.api();
  await page.clock.install();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(installation.email);
  await page.getByLabel('Password', { exact: true }).fill(installation.password);
  // From here on the clock goes on only as it is told to: what this machine takes for the steps below does not count.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 10_000);
  const asked = new Promise<void>((resolve) => page.route('**/graphql', () => resolve()));
  const submit = page.getByRole('button', { name: 'Sign in' });
  await submit.click();
  await asked;
  await page.clock.fastForward(40_000);
  await expect(submit).toBeDisabled();
  await page.clock.fastForward(10_000);
  await expect(page.getByText('Could not reach the server.')).toBeVisible();
  await page.unroute('**/graphql');
  await page.clock.resume();
  await submit.click();
  await expect(page).toHaveURL(/\/workspaces$/);
});

test('an app is launched by keyboard alone', async ({ page, installation }) => {
  await readyWorkspace(installation, 'Keys');
  const enter = () => page.keyboard.press('Enter');

  await page.goto('/sign-in');
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await page.keyboard.type(installation.email);
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(installation.password);
  await enter();

  await expect(page).toHaveURL(/\/workspaces$/);
  await tabTo(page, page.locator('#main').getByRole('link', { name: 'Keys' }));
  await enter();
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeVisible();
  await tabTo(page, page.locator('#main').getByRole('link', { name: 'Launch an app' }));
  await enter();
  await tabTo(page, page.getByRole('searchbox', { name: 'Search apps' }));
  await page.keyboard.type('kuma');
  await expect(page.locator('.app-card')).toHaveCount(1);
  await tabTo(page, page.getByRole('link', { name: 'Uptime Kuma' }));
  await enter();
  await tabTo(page, page.getByRole('link', { name: 'Configure and launch' }));
  await enter();
  await tabTo(page, page.getByLabel('Name', { exact: true }));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('Watchman');
  await tabTo(page, page.getByLabel('Storage'));
  await page.keyboard.press('ArrowDown');
  await tabTo(page, page.locator('summary'));
  await enter();
  await tabTo(page, page.getByLabel('Allow embedding'));
  await page.keyboard.press('Space');
  await tabTo(page, page.getByRole('button', { name: 'Launch' }));
  await enter();
  await expect(page.getByText('It is up.')).toBeVisible({ timeout: 60_000 });
  await tabTo(page, page.getByRole('link', { name: 'Open service' }));
  await enter();
  await expect(page.locator('.status-sentence')).toHaveText('Running, all pods are ready.');
  await expect(page.getByText('Allow embeddingYes')).toBeVisible();
  await expect(page.getByText('Storage5 GiB')).toBeVisible();

  // A dialog takes the focus, keeps it, and gives it back.
  const restart = page.getByRole('button', { name: 'Restart' });
  await tabTo(page, restart);
  await enter();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(restart).toBeFocused();
});

test('a launch is cancelled, told so, and tried again', async ({ page, installation }) => {
  const { api, id, namespace } = await readyWorkspace(installation, 'Second thoughts');
  await hold(namespace);
  const { id: service, operation } = await api.launch(id, 'n8n', 'Flow');
  await signIn(page, installation);
  await page.goto(`/w/${id}/operations/${operation}`);
  await expectStep(page, 'Wait until ready', 'RUNNING');
  await page.getByRole('button', { name: 'Cancel' }).click();
  const head = page.locator('.operation-head');
  await expect(badge(head)).toHaveText('Cancelled', { timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  await expectStep(page, 'Wait until ready', 'PENDING');
  await expect(page.getByText('Someone asked to cancel')).toHaveCount(0);

  // The service says the same, and what cannot be done now says why.
  await page.goto(`/w/${id}/services/${service}`);
  await expect(page.locator('.status-sentence')).toHaveText(/cancelled/i);
  const restart = page.getByRole('button', { name: 'Restart' });
  await expect(restart).toHaveAttribute('aria-disabled', 'true');
  await expect(restart).toHaveAccessibleDescription(/\S/);

  await letGo(namespace);
  await page.goto(`/w/${id}/operations/${operation}`);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(badge(head)).toHaveText('Done', { timeout: 60_000 });
  await expect.poll(() => api.statusOf(service)).toBe('RUNNING ALL_READY');
});

test('the theme that was chosen stays over a reload', async ({ page, installation }) => {
  await signIn(page, installation);
  const root = page.locator('html');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('button', { name: 'Dark', exact: true }).click();
  await expect(root).toHaveAttribute('data-theme', 'dark');
  expect(await ground()).not.toBe(light);
  const dark = await ground();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Theme' })).toBeVisible();
  await expect(root).toHaveAttribute('data-theme', 'dark');
  expect(await ground()).toBe(dark);
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('button', { name: 'As the system' }).click();
  await expect(root).not.toHaveAttribute('data-theme');
  await expect.poll(ground).toBe(light);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(ground).toBe(dark);
});

test('Back and Forward go between the tabs of a service', async ({ page, installation }) => {
  const { api, id } = await readyWorkspace(installation, 'Paths');
  const { id: service } = await api.launch(id, 'uptime-kuma', 'Lookout');
  await signIn(page, installation);
  const address = `${installation.url}/w/${id}/services/${service}`;
  await page.goto(address);
  const expectTab = async (name: string, to: string) => {
    await expect(page).toHaveURL(to);
    await expect(tab(page, name)).toHaveAttribute('aria-current', 'page');
  };
  await expectTab('Overview', address);
  await tab(page, 'Events').click();
  await expectTab('Events', `${address}/events`);
  await tab(page, 'Activity').click();
  await expectTab('Activity', `${address}/activity`);
  await page.goBack();
  await expectTab('Events', `${address}/events`);
  await page.goBack();
  await expectTab('Overview', address);
  await expect(page.getByRole('heading', { name: 'Pods' })).toBeVisible();
  await page.goForward();
  await expectTab('Events', `${address}/events`);
  await page.reload();
  await expectTab('Events', `${address}/events`);
});

test('the first stop of the keyboard leads past what is on every page', async ({ page, installation }) => {
  await signIn(page, installation);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await expect(page).toHaveURL(/\/workspaces$/);
});

test('signing out in one tab ends the other', async ({ page, context, installation }) => {
  const { id } = await readyWorkspace(installation, 'Two tabs');
  const other = await context.newPage();
  await signIn(page, installation);
  const socket = other.waitForEvent('websocket');
  await other.goto(`/w/${id}`);
  const open = await socket;
  await expect(other.getByRole('heading', { level: 1, name: 'Two tabs' })).toBeVisible();
  const closed = open.isClosed() ? undefined : open.waitForEvent('close');

  await page.getByRole('button', { name: /^Account menu/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  // Whoever comes next does not begin where this one was.
  await expect(page).toHaveURL(/\/sign-in$/);
  await closed;
  await expect(other).toHaveURL(/\/sign-in/);
  await expect(other.getByRole('heading', { name: 'Two tabs' })).toHaveCount(0);
  await other.goto(`/w/${id}`);
  await expect(other).toHaveURL(/\/sign-in\?next=/);
});

test('a wrong password is told once, where it is typed again', async ({ page, installation }) => {
  await installation.api();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(installation.email);
  const password = page.getByLabel('Password', { exact: true });
  await password.fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(password).toHaveAccessibleDescription('E-mail or password is wrong.');
  await expect(password).toBeFocused();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await password.fill(installation.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/workspaces$/);
});

test('the list of tokens tells when each was last used as it is now', async ({ page, installation }) => {
  await signIn(page, installation);
  await page.goto('/account');
  const dialog = page.getByRole('dialog');
  const make = async (name: string) => {
    await page.getByRole('button', { name: 'Create token' }).click();
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Create token' }).click();
    const secret = await dialog.locator('.secret-line code').textContent();
    await dialog.getByRole('button', { name: 'Done' }).click();
    return secret ?? '';
  };
  const secret = await make('Backup');
  const used = page.getByRole('row', { name: /Backup/ }).getByRole('cell').nth(2);
  await expect(used).toHaveText('Never');
  await new Api(installation.url, secret).ask('query { viewer { id } }');
  // The list is read anew when there is another one.
  await make('Metrics');
  await expect(page.getByRole('row', { name: /Metrics/ })).toBeVisible();
  await expect(used).toHaveText(/^just now$|ago$/);
});

test('a click on the button counts, though what is wrong appears above it', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('nobody');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription(/right form/);
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription('This is needed.');
  await expect(page.getByLabel('E-mail')).toBeFocused();
});
