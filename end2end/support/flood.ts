// Logs that come fast, and how the page and the server bear them.

import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Page, expect } from '@playwright/test';
import { log } from './cluster.ts';

const REQUEST = 'GET /api/items/42 200 12 ms from 10.129.0.17 with a few words more, as access logs have them';

/** Lines of about a hundred letters. */
export function lines(count: number, tag: string): string[] {
  return Array.from({ length: count }, (_, index) => `${tag} ${index} ${REQUEST}`);
}

/** What a line takes in the file. */
const LINE_BYTES = Buffer.byteLength(`2026-01-01T00:00:00.000000000Z stdout F tag 10000 ${REQUEST}\n`);

/** Writes so many bytes a second for so long; tells how much it was. */
export async function flood(bytesPerSecond: number, seconds: number): Promise<{ lines: number; bytes: number }> {
  const began = performance.now();
  let written = 0;
  for (;;) {
    const elapsed = Math.min((performance.now() - began) / 1000, seconds);
    const due = Math.floor((elapsed * bytesPerSecond) / LINE_BYTES) - written;
    if (due > 0) {
      await log(...lines(due, 'flood'));
      written += due;
    }
    if (elapsed >= seconds) {
      return { lines: written, bytes: written * LINE_BYTES };
    }
    await pause(20);
  }
}

/** How many lines the page has loaded. */
export async function loaded(page: Page): Promise<number> {
  return Number((await page.locator('.log-count').textContent())?.replace(/\D/g, ''));
}

/** Writes lines until the page holds so many, no faster than it takes them. */
export async function fill(page: Page, count: number): Promise<void> {
  for (let turn = 0; (await loaded(page)) < count; turn += 1) {
    const before = await loaded(page);
    await log(...lines(2000, `fill-${turn}`));
    // A stream that has stalled, as may happen where the file is rotated, is opened anew by the server after half a minute.
    const soon = { intervals: [20], timeout: 60_000 };
    await expect.poll(() => loaded(page), soon).toBeGreaterThan(Math.min(before + 1000, count - 1));
  }
}

/** What is resident of a process, in MiB. */
export async function resident(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

/** Begins to note tasks that hold the page up for longer than 50 ms; tells how long each took. */
export async function noteLongTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const noted: number[] = [];
    (globalThis as { longTasks?: number[] }).longTasks = noted;
    new PerformanceObserver((list) => noted.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    });
  });
  return () => page.evaluate(() => (globalThis as { longTasks?: number[] }).longTasks ?? []);
}

/** Used by JavaScript, in MiB, and by the WebAssembly beside it as far as the browser tells: the page's process. */
export async function pageMemory(page: Page): Promise<{ heap: number; resident: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  await session.detach();
  const browser = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await browser?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  await browser?.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => resident(id));
  return { heap: heap / 2 ** 20, resident: Math.max(...(await Promise.all(renderers))) };
}

export type Scrolled = {
  /** Milliseconds from one frame to the next. */
  frames: number[];
  /** Frames in which the view was not full of lines. */
  blank: number;
  /** The most rows that were in the page. */
  rows: number;
};

/** Scrolls through the whole log, a good part of the view each frame, and jumps back now and then. */
export async function scroll(page: Page, millis: number): Promise<Scrolled> {
  await page.locator('.log').dispatchEvent('wheel', { deltaY: -1 });
  return page.evaluate(
    (span) =>
      new Promise<Scrolled>((resolve, reject) => {
        const view = document.querySelector('.log');
        if (!view) {
          reject(new Error('there is no log'));
          return;
        }
        const seen: Scrolled = { frames: [], blank: 0, rows: 0 };
        view.scrollTop = 0;
        let last = performance.now();
        const end = last + span;
        const frame = (now: number) => {
          seen.frames.push(now - last);
          last = now;
          const rows = [...view.querySelectorAll('.log-line, .log-mark')];
          seen.rows = Math.max(seen.rows, rows.length);
          const port = view.getBoundingClientRect();
          const top = rows[0]?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
          const bottom = rows.at(-1)?.getBoundingClientRect().bottom ?? 0;
          seen.blank += seen.frames.length > 2 && (top > port.top + 1 || bottom < port.bottom - 21) ? 1 : 0;
          if (now > end) {
            resolve(seen);
            return;
          }
          const room = view.scrollHeight - view.clientHeight;
          view.scrollTop = seen.frames.length % 40 === 0 ? Math.random() * room * 0.9 : view.scrollTop + port.height * 0.6;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    millis,
  );
}

/** The value below which this share of them is. */
export function share(values: number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
