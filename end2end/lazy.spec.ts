// What a first visit loads, and pages that are fetched when they are first opened.

import type { Page } from '@playwright/test';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'lazy' });

const BUDGET = 350_000;
const LAZY = /\/page(s-shared)?-[^/]*\.(wasm|bin)$/;

/** Bytes that come over the wire, by file, from now on. */
async function weigh(page: Page): Promise<Map<string, number>> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const names = new Map<string, string>();
  const bytes = new Map<string, number>();
  cdp.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, new URL(response.url).pathname));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const name = names.get(requestId);
    if (name) {
      bytes.set(name, (bytes.get(name) ?? 0) + encodedDataLength);
    }
  });
  return bytes;
}

test('a first visit loads little, and no page that nobody has opened', async ({ page, installation }) => {
  await installation.api();
  const bytes = await weigh(page);
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  for (const kind of ['.wasm', '.woff2', '/graphql']) {
    await expect.poll(() => [...bytes.keys()].some((name) => name.endsWith(kind)), kind).toBe(true);
  }
  const first = [...bytes];
  const sum = first.reduce((all, [, size]) => all + size, 0);
  // Less would mean that something was not seen.
  expect(sum, JSON.stringify(first)).toBeGreaterThan(100_000);
  expect(sum, JSON.stringify(first)).toBeLessThan(BUDGET);
  console.log(`      a first visit: ${(sum / 1000).toFixed(1)} kB over the wire`);

  await signIn(page, installation);
  await expect(page.locator('#main h1')).toBeVisible();
  expect([...bytes.keys()].filter((name) => LAZY.test(name))).toEqual([]);

  await page.getByRole('button', { name: /^Account menu/ }).click();
  await page.getByRole('link', { name: 'Account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();
  const opened = () => [...bytes.keys()].filter((name) => /\/page-/.test(name)).map((name) => name.replace(/-[0-9a-f]+\.wasm/, ''));
  await expect.poll(opened).toEqual(['/page-account']);

  // Once here, it is here: nothing is asked for again, and nothing blinks.
  await page.goBack();
  await expect(page).toHaveURL(/\/workspaces$/);
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();
  expect(opened()).toEqual(['/page-account']);
});

test('files of a lazy page may be kept for ever', async ({ page, installation }) => {
  await signIn(page, installation);
  const answer = page.waitForResponse(/\/page-account-[0-9a-f]{16}\.wasm$/);
  await page.goto('/account');
  const headers = await (await answer).allHeaders();
  expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(headers['content-type']).toBe('application/wasm');
  expect(headers['content-encoding']).toBe('br');
});

test('a page that cannot be fetched says so, and comes when asked again', async ({ page, installation, problems }) => {
  await signIn(page, installation);
  await page.route(/\/page-account-/, (route) => route.abort());
  await page.getByRole('button', { name: /^Account menu/ }).click();
  await page.getByRole('link', { name: 'Account' }).click();
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible();
  await page.unroute(/\/page-account-/);
  await again.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeVisible();
  // The browser and the loader each said what was missing.
  const said = problems.splice(0);
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter((one) => !/ERR_FAILED|Failed to fetch/.test(one))).toEqual([]);
});
