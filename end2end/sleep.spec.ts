// A tab that slept while its connection died without a word.

import type { Browser } from '@playwright/test';
import { Api } from './support/api.ts';
import { Installation } from './support/installation.ts';
import { badge } from './support/pages.ts';
import { expect, signIn, test, watch } from './support/test.ts';
import { Wire } from './support/wire.ts';

/** More than what the console takes for a sleep. */
const SLEEP = 25_000;

/** Stops the pages' processes, as a machine does that goes to sleep: the clock goes on, and no timer. */
async function sleep(browser: Browser): Promise<() => void> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  expect(pages.length).toBeGreaterThan(0);
  pages.forEach((id) => process.kill(id, 'SIGSTOP'));
  return () => pages.forEach((id) => process.kill(id, 'SIGCONT'));
}

test('a tab that wakes from a long sleep says that it is cut off, and comes back right', async ({
  browser,
  contextOptions,
  problems,
}) => {
  const wire = await Wire.open();
  const server = await Installation.start('sleep', {}, wire.port);
  wire.lead(server.port);
  const context = await browser.newContext({ ...contextOptions, baseURL: server.url });
  let wake = () => {};
  try {
    // Past the wire: what happens while the tab is away.
    const api = new Api(`http://localhost:${server.port}`, (await server.api()).token);
    const { id, operation } = await api.createWorkspace('Night');
    await expect.poll(() => api.stateOf(operation)).toBe('SUCCEEDED');
    const first = await api.launch(id, 'uptime-kuma', 'Lookout');
    await expect.poll(() => api.statusOf(first.id), { timeout: 60_000 }).toBe('RUNNING ALL_READY');

    await watch(context, server.url, problems);
    const page = await context.newPage();
    await signIn(page, server);
    await page.goto(`/w/${id}`);
    const cards = page.locator('.service-card');
    await expect(badge(cards)).toHaveText('Running');
    await page.evaluate(() => {
      (window as unknown as { neverReloaded: boolean }).neverReloaded = true;
    });

    wake = await sleep(browser);
    wire.cut();
    const asleep = Date.now();
    const second = await api.launch(id, 'uptime-kuma', 'Night shift');
    await expect.poll(() => api.statusOf(second.id), { timeout: 60_000 }).toBe('RUNNING ALL_READY');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, SLEEP - (Date.now() - asleep))));

    // It is awake before its network is: what it shows is old, and it says so. Its attempts hang, too.
    wake();
    const bar = page.getByText('Connection lost. Reconnecting. What you see may be out of date.');
    await expect(bar).toBeVisible();
    await expect(cards).toHaveCount(1);

    wire.heal();
    await expect(bar).toBeHidden({ timeout: 40_000 });
    await expect(cards).toHaveCount(2);
    await expect(badge(cards.filter({ hasText: 'Night shift' }))).toHaveText('Running');
    expect(await page.evaluate(() => (window as unknown as { neverReloaded?: boolean }).neverReloaded)).toBe(true);
    // Requests of the moment of waking may have failed; nothing else may.
    const said = problems.splice(0);
    expect(said.filter((one) => !/ERR_(EMPTY_RESPONSE|CONNECTION_RESET|CONNECTION_CLOSED)/.test(one))).toEqual([]);
  } finally {
    wake();
    await context.close();
    await server.stop();
    await wire.close();
  }
});
