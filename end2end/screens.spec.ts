// Every page in both themes, on a laptop and a phone: a picture to look at, and checks that need no eyes.

import { AxeBuilder } from '@axe-core/playwright';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { Api } from './support/api.ts';
import { hold, kubectl } from './support/cluster.ts';
import { Installation } from './support/installation.ts';
import { badge, expectStep, step, tab } from './support/pages.ts';
import { places } from './support/places.ts';
import { expect, signIn, test, watch } from './support/test.ts';

// The pictures tell more than a trace.
test.use({ installationName: 'screens', trace: 'off', contextOptions: { reducedMotion: 'reduce' } });

const SCREENS = path.join(places.results, 'screens');
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const THEMES = ['light', 'dark'] as const;

/** Takes the pictures of what is open now, and checks each. */
async function shoot(page: Page, name: string, sizes = SIZES): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const label = `${name}-${size.width}-${theme}`;
      await page.screenshot({ path: path.join(SCREENS, `${label}.png`), fullPage: true, animations: 'disabled' });
      const wider = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        const outside = [...document.querySelectorAll('body *')].filter((element) => {
          const box = element.getBoundingClientRect();
          return box.width > 0 && box.right > clientWidth + 1;
        });
        return scrollWidth > clientWidth ? outside.slice(0, 5).map((one) => `${one.tagName}.${one.className}`) : [];
      });
      expect.soft(wider, `${label}: nothing is wider than the screen`).toEqual([]);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const grave = violations
        .filter((one) => one.impact === 'serious' || one.impact === 'critical')
        .map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`);
      expect.soft(grave, `${label}: axe finds nothing serious`).toEqual([]);
    }
  }
  await page.setViewportSize(SIZES[0]!);
}

test('entry', async ({ browser, contextOptions, problems }) => {
  test.setTimeout(600_000);
  const fresh = await Installation.start('screens-entry');
  const context = await browser.newContext({ ...contextOptions, baseURL: fresh.url });
  try {
    await watch(context, fresh.url, problems);
    const page = await context.newPage();
    await page.goto('/sign-in');
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await shoot(page, 'sign-in');
    await page.getByLabel('E-mail').fill('nobody');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
    await shoot(page, 'sign-in-wrong');
    await page.getByLabel('E-mail').fill(fresh.email);
    await page.getByLabel('Password', { exact: true }).fill(fresh.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Choose your own password' })).toBeVisible();
    await shoot(page, 'change-password');
    const password = 'nine paper boats at dawn';
    await page.getByLabel('Current password').fill(fresh.password);
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByLabel('New password again').fill(password);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByRole('heading', { name: /^Welcome/ })).toBeVisible();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await shoot(page, 'first-steps');
    await page.goto('/account');
    await expect(page.getByText('No tokens yet')).toBeVisible();
    await shoot(page, 'account-empty');
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
  // A database may take its time to end; here it need not.
  await kubectl('delete', 'pod', `${broken.release}-0`, '--namespace', full.namespace, '--grace-period=0', '--force');
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
    await shoot(page, 'workspaces');
    await page.getByRole('button', { name: 'New workspace' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await shoot(page, 'workspace-new');
    await page.keyboard.press('Escape');
  });

  await test.step('an empty workspace', async () => {
    await page.goto(`/w/${stage.empty}`);
    await expect(page.getByRole('heading', { name: 'Launch your first app' })).toBeVisible();
    await shoot(page, 'overview-empty');
    await page.goto(`/w/${stage.empty}/services`);
    await expect(page.getByText('Nothing launched yet')).toBeVisible();
    await shoot(page, 'services-empty');
  });

  await test.step('a full workspace', async () => {
    await page.goto(`/w/${stage.full}`);
    await expect(page.locator('.service-card')).toHaveCount(3);
    await expect(page.locator('.service-card').filter({ hasText: 'Warehouse' })).toContainText('Error');
    await shoot(page, 'overview');
    await page.getByRole('button', { name: /^Account menu/ }).click();
    await shoot(page, 'account-menu');
    await page.keyboard.press('Escape');
    await rail.getByRole('button', { name: /^Workspace/ }).click();
    await expect(rail.getByRole('link', { name: 'Playground' })).toBeVisible();
    await shoot(page, 'workspace-menu', SIZES.slice(0, 1));
    await page.keyboard.press('Escape');
    await page.setViewportSize(SIZES[1]!);
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await expect(rail.getByRole('link', { name: 'Marketplace' })).toBeInViewport();
    await shoot(page, 'rail', SIZES.slice(1));
    await page.goto(`/w/${stage.full}/services`);
    await expect(page.getByRole('row')).toHaveCount(4);
    await shoot(page, 'services');
    await page.goto(`/w/${stage.full}/services?q=zzz`);
    await expect(page.getByText('No service fits')).toBeVisible();
    await shoot(page, 'services-none');
    await page.goto(`/w/${stage.full}/operations`);
    await expect(page.locator('.history > li')).toHaveCount(4);
    await shoot(page, 'operations');
    await page.getByRole('button', { name: 'Steps of Launch of Lookout' }).click();
    await expectStep(page, 'Wait until ready', 'RUNNING');
    await shoot(page, 'operations-open');
    await page.goto(`/w/${stage.full}/operations?show=failed`);
    await expect(page.getByText('Nothing fits')).toBeVisible();
    await shoot(page, 'operations-none');
    await page.getByRole('button', { name: /^Running now/ }).click();
    await expect(page.getByRole('link', { name: /Launch of Lookout/ })).toBeVisible();
    await shoot(page, 'tray');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option').filter({ hasText: 'Order intake' })).toBeVisible();
    await shoot(page, 'search');
    await page.keyboard.press('Escape');
    await page.goto(`/w/${stage.full}/settings`);
    await heading('Settings');
    await shoot(page, 'workspace-settings');
  });

  await test.step('the marketplace', async () => {
    await page.goto(`/w/${stage.full}/marketplace`);
    await expect(page.locator('.app-card')).toHaveCount(12);
    await shoot(page, 'marketplace');
    await page.goto(`/w/${stage.full}/marketplace?q=nothing`);
    await expect(page.getByText('No app fits')).toBeVisible();
    await shoot(page, 'marketplace-none');
    await page.goto(`/w/${stage.full}/marketplace/n8n`);
    await heading('n8n');
    await shoot(page, 'app');
    await page.goto(`/w/${stage.full}/marketplace/n8n/launch`);
    await heading('Launch n8n');
    await page.getByLabel('Address').fill(`flow-${stage.full.slice(-6)}`);
    await expect(page.locator('.preview')).toContainText('Free');
    await shoot(page, 'configure');
    await page.getByText('Advanced', { exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('');
    await page.getByLabel('Encryption key').fill('short');
    await page.getByLabel('Keep history for (days)').fill('a year');
    await page.getByRole('button', { name: 'Launch' }).click();
    await expect(page.getByLabel('Keep history for (days)')).toHaveAttribute('aria-invalid', 'true');
    await shoot(page, 'configure-wrong');
  });

  await test.step('a launch', async () => {
    await page.goto(`/w/${stage.full}/operations/${stage.launching.operation}`);
    await expectStep(page, 'Wait until ready', 'RUNNING');
    await shoot(page, 'launch');
    await page.goto(`/w/${stage.full}/services/${stage.launching.id}`);
    await heading('Lookout');
    await expectStep(page, 'Wait until ready', 'RUNNING');
    await shoot(page, 'service-launching');
    await tab(page, 'Logs').click();
    await expect(page.getByText('No pods, no logs')).toBeVisible();
    await shoot(page, 'logs-empty');
  });

  await test.step('a service that runs', async () => {
    await page.goto(`/w/${stage.full}/services/${stage.running}`);
    await heading('Order intake');
    await expect(badge(page.locator('.service-head'))).toHaveText('Running');
    await shoot(page, 'service');
    await page.getByRole('button', { name: 'Restart' }).click();
    await shoot(page, 'restart');
    await page.keyboard.press('Escape');
    await tab(page, 'Logs').click();
    await expect(page.locator('.log-state').getByRole('status')).toContainText('Live');
    await expect(page.locator('.log-line').first()).toBeVisible();
    await shoot(page, 'logs');
    await page.locator('.log-controls').getByRole('button', { name: 'Search' }).click();
    await page.getByRole('searchbox').fill('get');
    await expect(page.locator('.log-hits')).toHaveText(/^\d+ lines?$/);
    await page.getByRole('searchbox').press('Enter');
    await expect(page.locator('.log-hits')).toHaveText(/ of /);
    await shoot(page, 'logs-search');
    await tab(page, 'Events').click();
    await expect(page.locator('.events li').first()).toBeVisible();
    await shoot(page, 'events');
    await tab(page, 'Activity').click();
    await expect(page.getByRole('heading', { name: 'Launch of Order intake' })).toBeVisible();
    for (const name of ['Check the chart', 'Install with Helm', 'Wait until ready']) {
      await step(page, name).getByRole('button').click();
    }
    await shoot(page, 'activity');
    await tab(page, 'Settings').click();
    await shoot(page, 'service-settings');
    await page.getByRole('button', { name: 'Delete service' }).click();
    await expect(page.getByRole('dialog').locator('fieldset')).toBeVisible();
    await shoot(page, 'delete');
  });

  await test.step('a service that is broken', async () => {
    await page.goto(`/w/${stage.full}/services/${stage.broken}`);
    await expect(badge(page.locator('.service-head'))).toHaveText('Error');
    await shoot(page, 'service-broken');
    await tab(page, 'Events').click();
    await expect(page.locator('.events .warning').first()).toBeVisible();
    await shoot(page, 'events-broken');
  });

  await test.step('nothing there', async () => {
    await page.goto('/there/is/nothing');
    await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
    await shoot(page, 'not-found');
    await page.goto(`/w/${stage.full}/services/${stage.full}`);
    await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
    await shoot(page, 'service-not-found');
  });

  await test.step('the account', async () => {
    await page.goto('/account');
    await expect(page.getByRole('region', { name: 'Sessions' }).getByRole('row').nth(1)).toBeVisible();
    await shoot(page, 'account');
    await page.getByRole('button', { name: 'Create token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Deploy script');
    await shoot(page, 'token-new');
    await dialog.getByRole('button', { name: 'Create token' }).click();
    await expect(dialog.getByText('Copy it now.')).toBeVisible();
    await shoot(page, 'token-created');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke Deploy script' }).click();
    await shoot(page, 'token-revoke');
  });
});
