// Fifty services in one workspace: each change touches what it concerns and nothing else.

import { hold, letGo } from './support/cluster.ts';
import { crowd, noteChanges, restart, scrollPage, states } from './support/crowd.ts';
import { noteLongTasks, share } from './support/flood.ts';
import { badge } from './support/pages.ts';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'many' });

const MANY = 50;

test('fifty services in a workspace', async ({ page, installation }) => {
  test.setTimeout(900_000);
  const api = await installation.api();
  const workspace = await api.createWorkspace('Crowded');
  await expect.poll(() => api.stateOf(workspace.operation)).toBe('SUCCEEDED');
  await crowd(api, workspace, MANY);
  const all = await states(api, workspace.id);
  const [one, other] = ['Service 07', 'Service 41'].map((name) => all.find((service) => service.name === name)!);
  const received: number[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => received.push(Buffer.byteLength(payload)));
  });
  await signIn(page, installation);

  for (const [name, address, box] of [
    ['cards', `/w/${workspace.id}`, '.service-card'],
    ['table', `/w/${workspace.id}/services`, '.services-table tbody tr'],
  ] as const) {
    await test.step(name, async () => {
      await page.goto(address);
      const boxes = page.locator(box);
      await expect(boxes).toHaveCount(MANY);
      await expect(badge(boxes.filter({ hasText: one!.name }))).toHaveText('Running');
      // Longer than the skeleton of the page needs to be gone, so that what is noted is what the changes do.
      await expect(page.locator('main .skeleton')).toHaveCount(0);

      const longTasks = await noteLongTasks(page);
      const frames = await scrollPage(page, 3000);
      // The new pods are kept waiting, so that the restarts are a place and not a moment: the page is shown what holds when
      // the server comes to it, and before and after that the two look the same.
      await hold(workspace.namespace);
      const changes = await noteChanges(page, box);
      received.length = 0;
      const restarted = Promise.all([restart(api, one!.id), restart(api, other!.id)]);
      // Told where it is awaited, below.
      restarted.catch(() => {});
      for (const { name } of [one!, other!]) {
        await expect(badge(boxes.filter({ hasText: name }))).toHaveText('Restarting');
      }
      await letGo(workspace.namespace);
      await restarted;
      for (const { name } of [one!, other!]) {
        await expect(badge(boxes.filter({ hasText: name }))).toHaveText('Running');
      }
      const seen = await changes();
      const tasks = await longTasks();
      const told = `${received.length} messages, ${(received.reduce((sum, size) => sum + size, 0) / 1000).toFixed(0)} kB`;
      console.log(
        `      ${name}: frame ${share(frames, 0.5).toFixed(1)} ms, 95 % below ${share(frames, 0.95).toFixed(1)} ms;` +
          ` longest task ${Math.max(0, ...tasks).toFixed(0)} ms; two restarts: ${told}, ${seen.changes} changes in the page`,
      );
      expect(seen.touched, 'only what has changed is drawn anew').toEqual([one!.name, other!.name]);
      expect(seen.kept, 'the boxes stay what they are').toBe(true);
      expect(seen.outside.filter((place) => !/^p\.summary|^span\.(good|bad|muted)?$|^svg\.icon$/.test(place)), 'and nothing around but the counts above').toEqual([]);
      // Each message may change a state's word, its sign and its sentence. Cards made anew with each were 1,400 and more.
      expect(seen.changes).toBeGreaterThan(0);
      expect(seen.changes, JSON.stringify(seen.places)).toBeLessThan(1000);
    });
  }
});
