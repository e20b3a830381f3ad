// Logs: chosen by the address, searched, downloaded, and as many as come.

import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { log, logBefore } from './support/cluster.ts';
import { fill, flood, lines, loaded, noteLongTasks, pageMemory, resident, scroll, share } from './support/flood.ts';
import type { Installation } from './support/installation.ts';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'logs' });

let made: Promise<string> | undefined;

/** The address of the log of a service that runs; the same one for all tests of this file. */
function running(installation: Installation): Promise<string> {
  made ??= (async () => {
    const api = await installation.api();
    const workspace = await api.createWorkspace('Logs');
    await expect.poll(() => api.stateOf(workspace.operation)).toBe('SUCCEEDED');
    const service = await api.launch(workspace.id, 'uptime-kuma', 'Watchman');
    await expect.poll(() => api.statusOf(service.id), { timeout: 60_000 }).toBe('RUNNING ALL_READY');
    return `/w/${workspace.id}/services/${service.id}/logs`;
  })();
  return made;
}

async function open(page: Page, installation: Installation, query = ''): Promise<void> {
  await signIn(page, installation);
  await page.goto((await running(installation)) + query);
  await expect(state(page)).toContainText(query.includes('previous') ? 'The run before' : 'Live');
}

const state = (page: Page) => page.locator('.log-state').getByRole('status');
const control = (page: Page, name: string) => page.locator('.log-controls').getByRole('button', { name, exact: true });

test('what is chosen stands in the address and outlives a reload', async ({ page, installation }) => {
  await open(page, installation);
  const times = page.getByLabel('Time', { exact: true });
  const shown = page.locator('.log-line time');
  await expect(shown.first()).toHaveText(/^\d\d:\d\d:\d\d\.\d\d\d$/);
  await control(page, 'Wrap lines').click();
  await times.selectOption('UTC');
  await expect(page).toHaveURL(/\?wrap=false&time=utc$/);
  await page.reload();
  await expect(control(page, 'Wrap lines')).toHaveAttribute('aria-pressed', 'false');
  await expect(times).toHaveValue('utc');
  await expect(page.locator('.log')).not.toHaveClass(/wrap/);
  await times.selectOption('Relative');
  await expect(shown.last()).toHaveText(/ago|just now/i);
  await times.selectOption('Off');
  await expect(shown).toHaveCount(0);
  await expect(page.locator('.log-line').first()).toBeVisible();

  // The run before: its own lines, and its end.
  await expect(control(page, 'Run before')).toHaveAttribute('aria-disabled', 'true');
  await logBefore('the last words of the run before');
  await page.goto(`${await running(installation)}?previous=true`);
  await expect(state(page)).toContainText('The run before this one');
  await expect(page.getByRole('log')).toContainText('the last words of the run before');
  await expect(page.getByRole('log')).toContainText('The container ended here.');
  await control(page, 'Run before').click();
  await expect(state(page)).toContainText('Live');
  await expect(page).not.toHaveURL(/previous/);
});

test('words are found in what is loaded, and in what comes', async ({ page, installation }) => {
  await open(page, installation);
  const tag = `needle-${Date.now()}`;
  const texts = lines(900, 'straw').map((line, index) => (index % 100 === 50 ? `${line} ${tag.toUpperCase()}` : line));
  await log(...texts);
  await expect(page.getByRole('log')).toContainText('straw 899');
  await page.getByRole('log').focus();
  await page.keyboard.press('ControlOrMeta+F');
  const words = page.getByRole('searchbox', { name: 'Search the loaded lines' });
  await expect(words).toBeFocused();
  // The magnifier stands as near to the edge as in every other field that searches.
  const field = page.locator('.log-search .input');
  const [edge, glass] = [await field.boundingBox(), await field.locator('.icon').boundingBox()];
  expect(glass!.x - edge!.x).toBeLessThan(14);
  await words.fill(tag);
  const hits = page.locator('.log-hits');
  await expect(hits).toHaveText('9 lines');
  const place = async () => Number((await hits.textContent())?.split(' of ')[0]);
  await words.press('Shift+Enter');
  await expect(hits).toHaveText(/^\d of 9 lines$/);
  const current = page.locator('.log-line.current mark');
  await expect(current).toHaveText(tag.toUpperCase());
  await expect(current).toBeInViewport();
  const first = await place();
  await page.getByRole('button', { name: 'Line before' }).click();
  await expect.poll(place).toBe(first === 1 ? 9 : first - 1);
  await expect(current).toBeInViewport();
  await words.press('Enter');
  await expect.poll(place).toBe(first);
  await log(`one more with ${tag}`);
  await expect(hits).toHaveText(/^\d+ of 10 lines$/);
  await words.fill(`${tag} nowhere`);
  await expect(hits).toHaveText('No line has it.');
  await words.press('Escape');
  await expect(words).toBeHidden();
  await expect(page.getByRole('log')).toBeFocused();
  await expect(page.locator('.log mark')).toHaveCount(0);
});

test('colours can be read, long lines are cut, and axe finds nothing', async ({ page, installation }) => {
  await open(page, installation);
  const escape = '\u001b';
  const cube = Array.from({ length: 240 }, (_, index) => `${escape}[38;5;${index + 16}m${index + 16}`).join(' ');
  const named = Array.from({ length: 8 }, (_, index) => `${escape}[3${index};1m${index}${escape}[9${index}m+`).join(' ');
  const behind = Array.from({ length: 16 }, (_, index) => `${escape}[48;5;${index}m ${index} `).join('');
  await log(
    `${cube}${escape}[0m`,
    `${named}${escape}[0m${escape}[2mdim ${escape}[7minverse${escape}[0m`,
    `${behind}${escape}[0m ${escape}[38;2;20;30;200;48;2;30;30;190mblue on blue${escape}[0m`,
    `long ${'x'.repeat(1 << 20)}`,
  );
  await expect(page.getByText('(line cut at 16 KiB)')).toBeVisible();
  await log('after the colours');
  await expect(page.getByRole('log')).toContainText('after the colours');
  await control(page, 'Wrap lines').click();
  await expect(page.getByText('blue on blue')).toBeVisible();
  await control(page, 'Search').click();
  await page.getByRole('searchbox').fill('on BLUE');
  await expect(page.locator('.log mark').first()).toHaveText('on blue');
  for (const colorScheme of ['light', 'dark'] as const) {
    // Colours that fade from one scheme to the other would be measured half way.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await new AxeBuilder({ page }).include('.logs').analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
});

test('a log is taken home: what is loaded, and all of it', async ({ page, installation }) => {
  await open(page, installation);
  const tag = `home-${Date.now()}`;
  await log(`\u001b[32m${tag}\u001b[0m`);
  await expect(page.getByRole('log')).toContainText(tag);
  for (const choice of ['Loaded lines', 'Whole log']) {
    await control(page, 'Download').click();
    const begun = page.waitForEvent('download');
    await page.getByRole('button', { name: choice }).click();
    const download = await begun;
    expect(download.suggestedFilename()).toMatch(/^[a-z0-9-]+_[a-z0-9-]+\.log$/);
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\S+Z .*${tag}`, 'm'));
    expect(text.includes('\u001b'), `${choice}: colours`).toBe(choice === 'Whole log');
  }
  expect(page.url()).toContain('/logs');
});

test('100,000 lines scroll without a stutter', async ({ page, installation }) => {
  await open(page, installation);
  await fill(page, 100_000);
  expect(await loaded(page)).toBe(100_000);
  const { frames, blank, rows } = await scroll(page, 4000);
  test.info().annotations.push({
    type: 'frames',
    description: `median ${share(frames, 0.5).toFixed(1)} ms, 95 % ${share(frames, 0.95).toFixed(1)} ms, worst ${Math.max(...frames).toFixed(1)} ms`,
  });
  console.log(test.info().annotations.at(-1)?.description);
  expect(rows, 'rows in the page').toBeLessThan(300);
  expect(blank, 'frames without lines').toBe(0);
  // Generous: the machine has other things to do as well. A page that draws all lines takes seconds a frame.
  expect(share(frames, 0.5)).toBeLessThan(100);
  expect(Math.max(...frames)).toBeLessThan(1000);

  // Nor does a search in all of them hold anything up.
  const longTasks = await noteLongTasks(page);
  await control(page, 'Search').click();
  await page.getByRole('searchbox').fill('as access logs have THEM');
  await expect(page.locator('.log-hits')).toHaveText(/^(99,\d{3}|100,000) lines$/);
  await page.getByRole('searchbox').fill('not there at all');
  await expect(page.locator('.log-hits')).toHaveText('No line has it.');
  expect(Math.max(0, ...(await longTasks()))).toBeLessThan(1000);
});

test('5 MB a second neither freeze the page nor grow the server', async ({ page, installation }) => {
  await open(page, installation);
  const before = await resident(installation.pid);
  const longTasks = await noteLongTasks(page);
  const flooding = flood(5e6, 6);
  await expect.poll(() => loaded(page)).toBeGreaterThan(3000);
  // The page answers while they come.
  const asked = performance.now();
  await control(page, 'Pause').click();
  await expect(state(page)).toContainText('Paused.');
  await control(page, 'Resume').click();
  await expect(state(page)).toContainText('Live');
  const answered = performance.now() - asked;
  const written = await flooding;
  await log('after the flood');
  await expect(page.getByRole('log')).toContainText('after the flood', { timeout: 60_000 });
  const [tasks, memory, after] = [await longTasks(), await pageMemory(page), await resident(installation.pid)];
  const description =
    `${written.lines} lines; answered in ${answered.toFixed(0)} ms; ${tasks.length} long tasks, worst ` +
    `${Math.max(0, ...tasks).toFixed(0)} ms; heap ${memory.heap.toFixed(0)} MiB, page ${memory.resident.toFixed(0)} MiB; ` +
    `server ${before.toFixed(0)} to ${after.toFixed(0)} MiB`;
  test.info().annotations.push({ type: 'flood', description });
  console.log(description);
  expect(await loaded(page)).toBeLessThanOrEqual(100_000);
  expect(Math.max(0, ...tasks)).toBeLessThan(2000);
  expect(answered).toBeLessThan(10_000);
  expect(memory.heap).toBeLessThan(200);
  expect(after - before).toBeLessThan(100);
});
