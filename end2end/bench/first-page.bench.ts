// The first page: what goes over the wire, when something is seen, and when one can type. With an empty cache and with a full one.

import { type Browser, type BrowserContext, type Page, expect, test } from '@playwright/test';
import { given, tell, times } from './tell.ts';

type Seen = { paint: number; interactive: number; bytes: number };

/** The console is rendered in the browser: once the form is in the page, it has its handlers. */
function noteForm(): void {
  const marks = globalThis as { formAt?: number };
  new MutationObserver((_, observer) => {
    if (document.querySelector('input[type=password]')) {
      marks.formAt = performance.now();
      observer.disconnect();
    }
  }).observe(document, { childList: true, subtree: true });
}

async function visit(page: Page): Promise<Seen> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.addInitScript(noteForm);
  await page.goto(given('URL'));
  await expect(page.locator('input[type=password]')).toBeEditable();
  const [paint, interactive] = await page.evaluate(
    () =>
      new Promise<[number, number]>((resolve) => {
        const formAt = (globalThis as { formAt?: number }).formAt ?? Number.NaN;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntriesByName('first-contentful-paint')) {
            resolve([entry.startTime, formAt]);
          }
        }).observe({ type: 'paint', buffered: true });
      }),
  );
  // Nothing more is to come: what is loaded later counts to the first page too.
  await page.waitForLoadState('networkidle');
  return { paint, interactive, bytes };
}

async function inNewPage(context: BrowserContext): Promise<Seen> {
  const page = await context.newPage();
  const seen = await visit(page);
  await page.close();
  return seen;
}

async function inNewContext(browser: Browser): Promise<{ cold: Seen; warm: Seen }> {
  const context = await browser.newContext();
  const cold = await inNewPage(context);
  const warm = await inNewPage(context);
  await context.close();
  return { cold, warm };
}

test('the first page', async ({ browser }) => {
  await inNewContext(browser); // Chromium's own first start is not the page's
  const cold: Seen[] = [];
  const warm: Seen[] = [];
  for (let number = 0; number < times(15); number += 1) {
    const seen = await inNewContext(browser);
    cold.push(seen.cold);
    warm.push(seen.warm);
  }
  expect([...cold, ...warm].every((seen) => seen.paint > 0 && seen.interactive > 0)).toBe(true);
  const part = 'console';
  tell({
    part,
    what: 'First page, compressed, all that is loaded',
    unit: 'kB',
    samples: cold.map((seen) => seen.bytes / 1000),
    promise: { of: 'ours', most: 350 },
    note: 'with the heads of the answers; page, program, styles, font and the first request to the API',
  });
  tell({ part, what: 'First page again, with a full cache', unit: 'kB', samples: warm.map((seen) => seen.bytes / 1000) });
  for (const [name, all] of [['empty', cold], ['full', warm]] as const) {
    const note = name === 'empty' ? 'Chromium without a window, from this machine: no network between' : '';
    tell({ part, what: `First contentful paint, ${name} cache`, unit: 'ms', samples: all.map((seen) => seen.paint), note });
    tell({ part, what: `Until one can type, ${name} cache`, unit: 'ms', samples: all.map((seen) => seen.interactive) });
  }
});
