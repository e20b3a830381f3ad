// Every page in both themes, on a laptop and a phone: a picture to look at, and checks that need no eyes.

import type { Api } from './support/api.ts';
import { hold, kubectl } from './support/cluster.ts';
import { Installation } from './support/installation.ts';
import { PHONE, WIDE, look } from './support/look.ts';
import { badge, expectStep, step, tab } from './support/pages.ts';
import { expect, signIn, test, watch } from './support/test.ts';

// The pictures tell more than a trace.
test.use({ installationName: 'screens', trace: 'off', contextOptions: { reducedMotion: 'reduce' } });

test('entry', async ({ browser, contextOptions, problems }) => {
  test.setTimeout(600_000);
  const fresh = await Installation.start('screens-entry');
  const context = await browser.newContext({ ...contextOptions, baseURL: fresh.url });
  try {
    await watch(context, fresh.url, problems);
    const page = await context.newPage();
    await page.goto('/sign-in');
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await look(page, 'sign-in');
    await page.getByLabel('E-mail').fill('nobody');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
    await look(page, 'sign-in-wrong');
    await page.getByLabel('E-mail').fill(fresh.email);
    await page.getByLabel('Password', { exact: true }).fill(fresh.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Choose your own password' })).toBeVisible();
    await look(page, 'change-password');
    const password = 'nine paper boats at dawn';
    await page.getByLabel('Current password').fill(fresh.password);
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByLabel('New password again').fill(password);
    await page.getByRole('button', { name: 'Change password' }).click();
    // First of all: the message goes by itself after five seconds.
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(page.locator('.toast')).toHaveCount(0);
    await expect(page.getByRole('heading', { name: /^Welcome/ })).toBeVisible();
    await look(page, 'first-steps');
    await page.goto('/account');
    await expect(page.getByText('No tokens yet')).toBeVisible();
    await look(page, 'account-empty');
  } finally {
    await context.close();
    await fresh.stop();
  }
});

type Stage = {
  full: string;
  empty: string;
  running: string;
  broken: string;
  launching: { id: string; operation: string };
};

/** A workspace with a service that runs, one that is broken and one that is on its way, and an empty workspace. */
async function set(api: Api): Promise<Stage> {
  const empty = await api.createWorkspace('Playground', 'To try things out');
  const full = await api.createWorkspace('Acme Works', 'All that the workshop in Lübeck runs on');
  for (const { operation } of [empty, full]) {
    await expect.poll(() => api.stateOf(operation)).toBe('SUCCEEDED');
  }
  const running = await api.launch(full.id, 'n8n', 'Order intake', { subdomain: `orders-${full.namespace.slice(-6)}` });
  const broken = await api.launch(full.id, 'postgresql', 'Warehouse of all the things that we keep in stock');
  for (const { id } of [running, broken]) {
    await expect.poll(() => api.statusOf(id), { timeout: 60_000 }).toBe('RUNNING ALL_READY');
  }
  const image = '*=registry.example/nothing:does-not-exist';
  await kubectl('set', 'image', `statefulset/${broken.release}`, image, '--namespace', full.namespace);
  // A database may take its time to end; here it need not. It is ended by its controller, too, and may be gone already.
  const atOnce = ['--grace-period=0', '--force', '--ignore-not-found'];
  await kubectl('delete', 'pod', `${broken.release}-0`, '--namespace', full.namespace, ...atOnce);
  await expect.poll(() => api.statusOf(broken.id), { timeout: 60_000 }).toContain('IMAGE_NOT_FOUND');
  await hold(full.namespace);
  const launching = await api.launch(full.id, 'uptime-kuma', 'Lookout');
  return { full: full.id, empty: empty.id, running: running.id, broken: broken.id, launching };
}

test('all pages', async ({ page, installation }) => {
  test.setTimeout(900_000);
  const stage = await set(await installation.api());
  await signIn(page, installation);
  const heading = (name: string | RegExp) => expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const rail = page.getByRole('navigation', { name: 'Main' });

  await test.step('workspaces', async () => {
    await expect(page.locator('.workspace-card')).toHaveCount(2);
    await look(page, 'workspaces');
    await page.getByRole('button', { name: 'New workspace' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await look(page, 'workspace-new');
    await page.keyboard.press('Escape');
  });

  await test.step('an empty workspace', async () => {
    await page.goto(`/w/${stage.empty}`);
    await expect(page.getByRole('heading', { name: 'Launch your first app' })).toBeVisible();
    await look(page, 'overview-empty');
    await page.goto(`/w/${stage.empty}/services`);
    await expect(page.getByText('Nothing launched yet')).toBeVisible();
    await look(page, 'services-empty');
  });

  await test.step('a full workspace', async () => {
    await page.goto(`/w/${stage.full}`);
    await expect(page.locator('.service-card')).toHaveCount(3);
    await expect(page.locator('.service-card').filter({ hasText: 'Warehouse' })).toContainText('Error');
    await look(page, 'overview');
    await page.getByRole('button', { name: /^Account menu/ }).click();
    await look(page, 'account-menu');
    await page.keyboard.press('Escape');
    await rail.getByRole('button', { name: /^Workspace/ }).click();
    await expect(rail.getByRole('link', { name: 'Playground' })).toBeVisible();
    await look(page, 'workspace-menu', [WIDE]);
    await page.keyboard.press('Escape');
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await expect(rail.getByRole('link', { name: 'Marketplace' })).toBeInViewport();
    await look(page, 'rail', [PHONE]);
    await page.goto(`/w/${stage.full}/services`);
    await expect(page.getByRole('row')).toHaveCount(4);
    await look(page, 'services');
    await page.goto(`/w/${stage.full}/services?q=zzz`);
    await expect(page.getByText('No service fits')).toBeVisible();
    await look(page, 'services-none');
    await page.goto(`/w/${stage.full}/operations`);
    await expect(page.locator('.history > li')).toHaveCount(4);
    await look(page, 'operations');
    await page.getByRole('button', { name: 'Steps of Launch of Lookout' }).click();
    await expectStep(page, 'Wait until ready', 'RUNNING');
    await look(page, 'operations-open');
    await page.goto(`/w/${stage.full}/operations?show=failed`);
    await expect(page.getByText('Nothing fits')).toBeVisible();
    await look(page, 'operations-none');
    await page.getByRole('button', { name: /^Running now/ }).click();
    await expect(page.getByRole('link', { name: /Launch of Lookout/ })).toBeVisible();
    await look(page, 'tray');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option').filter({ hasText: 'Order intake' })).toBeVisible();
    await look(page, 'search');
    await page.keyboard.press('Escape');
    await page.goto(`/w/${stage.full}/settings`);
    await heading('Settings');
    await look(page, 'workspace-settings');
  });

  await test.step('the marketplace', async () => {
    await page.goto(`/w/${stage.full}/marketplace`);
    await expect(page.locator('.app-card')).toHaveCount(12);
    await look(page, 'marketplace');
    await page.goto(`/w/${stage.full}/marketplace?q=nothing`);
    await expect(page.getByText('No app fits')).toBeVisible();
    await look(page, 'marketplace-none');
    await page.goto(`/w/${stage.full}/marketplace/n8n`);
    await heading('n8n');
    await look(page, 'app');
    await page.goto(`/w/${stage.full}/marketplace/n8n/launch`);
    await heading('Launch n8n');
    await page.getByLabel('Address').fill(`flow-${stage.full.slice(-6)}`);
    await expect(page.locator('.preview')).toContainText('Free');
    await look(page, 'configure');
    await page.getByText('Advanced', { exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('');
    await page.getByLabel('Encryption key').fill('short');
    await page.getByLabel('Keep history for (days)').fill('a year');
    await page.getByRole('button', { name: 'Launch' }).click();
    await expect(page.getByLabel('Keep history for (days)')).toHaveAttribute('aria-invalid', 'true');
    await look(page, 'configure-wrong');
  });

  await test.step('a launch', async () => {
    await page.goto(`/w/${stage.full}/operations/${stage.launching.operation}`);
    await expectStep(page, 'Wait until ready', 'RUNNING');
    await look(page, 'launch');
    await page.goto(`/w/${stage.full}/services/${stage.launching.id}`);
    await heading('Lookout');
    await expectStep(page, 'Wait until ready', 'RUNNING');
    await look(page, 'service-launching');
    await tab(page, 'Logs').click();
    await expect(page.getByText('No pods, no logs')).toBeVisible();
    await look(page, 'logs-empty');
    await page.goto(`/w/${stage.full}/operations/${stage.launching.operation}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(badge(page.locator('.operation-head'))).toHaveText('Cancelled', { timeout: 60_000 });
    await look(page, 'launch-cancelled');
    await page.goto(`/w/${stage.full}/services/${stage.launching.id}`);
    await expect(page.locator('.status-sentence')).toHaveText(/cancelled/i);
    await look(page, 'service-cancelled');
  });

  await test.step('a service that runs', async () => {
    await page.goto(`/w/${stage.full}/services/${stage.running}`);
    await heading('Order intake');
    await expect(badge(page.locator('.service-head'))).toHaveText('Running');
    await look(page, 'service');
    await page.getByRole('button', { name: 'Restart' }).click();
    await look(page, 'restart');
    await page.keyboard.press('Escape');
    await tab(page, 'Logs').click();
    await expect(page.locator('.log-state').getByRole('status')).toContainText('Live');
    await expect(page.locator('.log-line').first()).toBeVisible();
    await look(page, 'logs');
    await page.locator('.log-controls').getByRole('button', { name: 'Search' }).click();
    await page.getByRole('searchbox').fill('get');
    await expect(page.locator('.log-hits')).toHaveText(/^[\d,]+ lines?$/);
    await page.getByRole('searchbox').press('Enter');
    await expect(page.locator('.log-hits')).toHaveText(/ of /);
    await look(page, 'logs-search');
    await tab(page, 'Events').click();
    await expect(page.locator('.events li').first()).toBeVisible();
    await look(page, 'events');
    await tab(page, 'Activity').click();
    await expect(page.getByRole('heading', { name: 'Launch of Order intake' })).toBeVisible();
    for (const name of ['Check the chart', 'Install with Helm', 'Wait until ready']) {
      await step(page, name).getByRole('button').click();
    }
    await look(page, 'activity');
    await tab(page, 'Settings').click();
    await look(page, 'service-settings');
    await page.getByRole('button', { name: 'Delete service' }).click();
    await expect(page.getByRole('dialog').locator('fieldset')).toBeVisible();
    await look(page, 'delete');
  });

  await test.step('a service that is broken', async () => {
    await page.goto(`/w/${stage.full}/services/${stage.broken}`);
    await expect(badge(page.locator('.service-head'))).toHaveText('Error');
    await look(page, 'service-broken');
    await tab(page, 'Events').click();
    await expect(page.locator('.events .warning').first()).toBeVisible();
    await look(page, 'events-broken');
  });

  await test.step('nothing there', async () => {
    await page.goto('/there/is/nothing');
    await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
    await look(page, 'not-found');
    await page.goto(`/w/${stage.full}/services/${stage.full}`);
    await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
    await look(page, 'service-not-found');
  });

  await test.step('the account', async () => {
    await page.goto('/account');
    await expect(page.getByRole('region', { name: 'Sessions' }).getByRole('row').nth(1)).toBeVisible();
    await look(page, 'account');
    await page.getByRole('button', { name: 'Create token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Deploy script');
    await look(page, 'token-new');
    await dialog.getByRole('button', { name: 'Create token' }).click();
    await expect(dialog.getByText('Copy it now.')).toBeVisible();
    await look(page, 'token-created');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke Deploy script' }).click();
    await look(page, 'token-revoke');
  });
});
