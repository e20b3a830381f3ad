// Troubles of a service, as the console words them: what is wrong, what the cluster or the program said, what to do next.

import { type Page } from '@playwright/test';
import { kubectl } from './support/cluster.ts';
import { badge } from './support/pages.ts';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'troubles' });

type Trouble = { asks: string; sentence: RegExp; said: RegExp; word: string; next: RegExp };

const troubles: Trouble[] = [
  {
    asks: 'image-rate-limit',
    sentence: /^docker\.io gives the cluster no more images for now\.$/,
    said: /toomanyrequests/,
    word: 'toomanyrequests',
    next: /^Wait: the cluster goes on trying\./,
  },
  {
    asks: 'network',
    sentence: /^The pod gets no network\.$/,
    said: /failed to setup network for sandbox/,
    word: 'calico',
    next: /^Ask the person who runs this console /,
  },
  {
    asks: 'crash',
    sentence: /ends again and again: \d+ restarts, last with exit code 1\.$/,
    said: /^connecting to the database\nno database: giving up$/,
    word: 'no database: giving up',
    next: /^The last lines of its log usually say why\.$/,
  },
];

/** Nothing is cut off at the right, however long the words are. */
async function expectWrapped(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const texts = [...document.querySelectorAll('.status-line *, .pod-why')];
    const edge = document.documentElement.clientWidth;
    return texts.filter((text) => text.scrollWidth > text.clientWidth + 1 || text.getBoundingClientRect().right > edge + 1)
      .filter((text) => getComputedStyle(text).display !== 'inline')
      .map((text) => text.textContent);
  });
  expect(wide).toEqual([]);
}

test('a trouble is told in words, with what to do next', async ({ page, installation }) => {
  // Each pod takes its time to end before the next is made.
  test.setTimeout(300_000);
  const api = await installation.api();
  const { id, namespace, operation } = await api.createWorkspace('Rough seas');
  await expect.poll(() => api.stateOf(operation)).toBe('SUCCEEDED');
  const service = await api.launch(id, 'uptime-kuma', 'Lookout');
  await expect.poll(() => api.statusOf(service.id), { timeout: 60_000 }).toBe('RUNNING ALL_READY');
  await signIn(page, installation);
  await page.goto(`/w/${id}/services/${service.id}`);
  const title = page.locator('.service-title');
  await expect(title.locator('.status-sentence')).toHaveText('Running, all pods are ready.');

  const ask = async (trouble: string | null) => {
    const annotations = { 'sandbox.woow.io/trouble': trouble };
    const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
    await kubectl('patch', 'deployment', service.release, '--namespace', namespace, '--type=merge', '--patch', patch);
  };
  for (const { asks, sentence, said, word, next } of troubles) {
    await test.step(asks, async () => {
      await ask(asks);
      await expect(title.locator('.status-sentence')).toHaveText(sentence, { timeout: 90_000 });
      await expect(badge(title)).toHaveText('Error');
      await expect(title.locator('.status-next')).toHaveText(next);
      // As it is shown: what are lines in it stay lines.
      await expect(title.locator('.status-message')).toHaveText(said, { useInnerText: true });
      await expect(page.locator('.pod-why').filter({ hasText: word })).toHaveCount(1);
      await page.setViewportSize({ width: 360, height: 800 });
      await expectWrapped(page);
      await page.setViewportSize({ width: 1440, height: 900 });
    });
  }

  // The card on the workspace's page says the same, and has the next step at hand.
  await page.goto(`/w/${id}`);
  const shown = page.locator('.service-sentence');
  await expect(shown).toHaveText(/ends again and again/);
  await expect(shown).toHaveAttribute('title', /exit code 1\. The last lines of its log usually say why\.$/);

  await ask(null);
  await expect(shown).toHaveText('Running, all pods are ready.', { timeout: 90_000 });
});
