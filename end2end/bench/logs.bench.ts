// The log's page: scrolling through 100,000 lines, and a minute of 5 MB a second.

import { type Page, expect, test } from '@playwright/test';
import { log } from '../support/cluster.ts';
import { fill, flood, loaded, noteLongTasks, pageMemory, resident, scroll, share } from '../support/flood.ts';
import { given, tell, times } from './tell.ts';

const part = 'logs';

async function open(page: Page): Promise<void> {
  await page.goto(`${given('URL')}/sign-in`);
  await page.getByLabel('E-mail').fill(given('EMAIL'));
  await page.getByLabel('Password', { exact: true }).fill(given('PASSWORD'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/workspaces$/);
  await page.goto(`${given('URL')}/w/${given('WORKSPACE')}/services/${given('SERVICE')}/logs`);
  await expect(page.locator('.log-state').getByRole('status')).toContainText('Live', { timeout: 60_000 });
}

test('100,000 lines', async ({ page }) => {
  await open(page);
  await fill(page, 100_000);
  const { frames, blank, rows } = await scroll(page, times(20) * 1000);
  const note = `100,000 lines loaded, ${frames.length} frames, ${blank} of them without lines, at most ${rows} rows in the page`;
  tell({ part, what: 'Scrolling, frame, median', unit: 'ms', ours: share(frames, 0.5), note });
  tell({ part, what: 'Scrolling, frame, 95 % are below', unit: 'ms', ours: share(frames, 0.95) });
  tell({ part, what: 'Scrolling, worst frame', unit: 'ms', ours: Math.max(...frames) });
  const memory = await pageMemory(page);
  tell({ part, what: 'Page with 100,000 lines, process', unit: 'MiB', ours: memory.resident });
  await page.locator('#main').getByRole('button', { name: 'Search', exact: true }).click();
  const longTasks = await noteLongTasks(page);
  const began = performance.now();
  await page.getByRole('searchbox').fill('not there at all');
  await expect(page.locator('.log-hits')).toHaveText('No line has it.');
  const took = performance.now() - began;
  const worst = `longest task ${Math.max(0, ...(await longTasks())).toFixed(0)} ms`;
  tell({ part, what: 'Search in 100,000 lines', unit: 'ms', ours: took, note: worst });
});

test('a minute of 5 MB a second', async ({ page }) => {
  await open(page);
  const server = Number(given('PID'));
  const before = { server: await resident(server), page: await pageMemory(page) };
  const longTasks = await noteLongTasks(page);
  const answers: number[] = [];
  const seconds = times(60);
  let most = before.server;
  let flooding = true;
  const flooded = flood(5e6, seconds).finally(() => {
    flooding = false;
  });
  while (flooding) {
    const asked = performance.now();
    // What the page's own thread answers while the lines come.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    answers.push(performance.now() - asked);
    most = Math.max(most, await resident(server));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const written = await flooded;
  await log('after the flood');
  await expect(page.getByRole('log')).toContainText('after the flood', { timeout: 60_000 });
  const [tasks, memory, after] = [await longTasks(), await pageMemory(page), await resident(server)];
  const left = (await page.locator('.log-state .warn').textContent({ timeout: 1000 }).catch(() => '')) ?? '';
  const note = `${(written.bytes / 1e6).toFixed(0)} MB in ${written.lines} lines within ${seconds} s; ${left.trim() || 'none left out'}`;
  tell({ part, what: 'Flood of 5 MB/s, longest task of the page', unit: 'ms', ours: Math.max(0, ...tasks), note });
  tell({ part, what: 'Flood, share of time in tasks over 50 ms', unit: '%', ours: (tasks.reduce((sum, task) => sum + task, 0) / seconds) * 0.1 });
  tell({ part, what: 'Flood, until the page answers', unit: 'ms', samples: answers, note: `worst ${Math.max(...answers).toFixed(0)} ms` });
  tell({ part, what: 'Flood, page after it, JavaScript heap', unit: 'MiB', ours: memory.heap, note: `before ${before.page.heap.toFixed(1)} MiB` });
  tell({ part, what: 'Flood, page after it, process', unit: 'MiB', ours: memory.resident, note: `before ${before.page.resident.toFixed(0)} MiB` });
  tell({
    part,
    what: 'Flood, server grows by',
    unit: 'MiB',
    ours: most - before.server,
    note: `from ${before.server.toFixed(0)} to at most ${most.toFixed(0)}, ${after.toFixed(0)} MiB afterwards`,
  });
  expect(await loaded(page)).toBeLessThanOrEqual(100_000);
});
