// The pages that hold fifty services: opened, scrolled, and while ten of them change.

import { type Page, expect, test } from '@playwright/test';
import { Api } from '../support/api.ts';
import { crowd, noteChanges, restart, scrollPage, states } from '../support/crowd.ts';
import { noteLongTasks, share } from '../support/flood.ts';
import { given, tell, times } from './tell.ts';

const part = 'console';

async function signIn(page: Page): Promise<void> {
  await page.goto(`${given('URL')}/sign-in`);
  await page.getByLabel('E-mail').fill(given('EMAIL'));
  await page.getByLabel('Password', { exact: true }).fill(given('PASSWORD'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/workspaces$/);
}

test('many services', async ({ page }) => {
  const api = new Api(given('URL'), given('TOKEN'));
  const address = `/w/${given('CROWD')}`;
  await crowd(api, { id: given('CROWD'), namespace: given('CROWD_NAMESPACE') }, times(50) === 1 ? 3 : 50);
  const all = await states(api, given('CROWD'));
  await signIn(page);
  for (const [what, place, box] of [
    ['overview', address, '.service-card'],
    ['list', `${address}/services`, '.services-table tbody tr'],
  ] as const) {
    const boxes = page.locator(box);
    const opened: number[] = [];
    for (let number = 0; number < times(10); number += 1) {
      const began = performance.now();
      await page.goto(`${given('URL')}${place}`);
      await expect(boxes).toHaveCount(all.length);
      opened.push(performance.now() - began);
    }
    const of = `${all.length} services`;
    tell({ part, what: `${of}, ${what}: until it is there`, unit: 'ms', samples: opened, note: 'loaded anew, with a full cache' });

    let longTasks = await noteLongTasks(page);
    const frames = await scrollPage(page, times(10) * 1000);
    const worst = `longest task ${Math.max(0, ...(await longTasks())).toFixed(0)} ms`;
    tell({ part, what: `${of}, ${what}: scrolling, frame, 95 % are below`, unit: 'ms', ours: share(frames, 0.95), note: worst });

    longTasks = await noteLongTasks(page);
    const changes = await noteChanges(page, box);
    const some = all.slice(0, Math.min(10, all.length));
    await Promise.all(some.map(({ id }) => restart(api, id)));
    await expect.poll(async () => (await states(api, given('CROWD'))).every(({ status }) => status.state === 'RUNNING')).toBe(true);
    const seen = await changes();
    const note = `${seen.changes} changes in the page in ${seen.touched.length} boxes`;
    tell({ part, what: `${of}, ${what}: ${some.length} restart, longest task`, unit: 'ms', ours: Math.max(0, ...(await longTasks())), note });
    expect(seen.kept).toBe(true);
  }
});
