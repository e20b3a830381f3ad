// Many services in one workspace, and how a page bears them.

import { type Page, expect } from '@playwright/test';
import type { Api } from './api.ts';
import { withoutQuota } from './cluster.ts';

type Operation = { id: string; state: string };
type One = { id: string; name: string; status: { state: string }; lastOperation: Operation | null };

/** What services there are, whether each runs, and what was done last. */
export async function states(api: Api, workspace: string): Promise<One[]> {
  const query = `query States($id: ID!) {
    workspace(id: $id) { services { id name status { state } lastOperation { id state } } }
  }`;
  return (await api.ask<{ workspace: { services: One[] } }>(query, { id: workspace })).workspace.services;
}

/**
 * Launches so many services, one like the other, and waits until all run. The workspace's quota does not hold so many: it is
 * kept away. Each launch makes it anew, so now and then it refuses one all the same, which is then tried again.
 */
export async function crowd(api: Api, workspace: { id: string; namespace: string }, count: number): Promise<void> {
  const retry = 'mutation Retry($input: RetryOperationInput!) { retryOperation(input: $input) { operation { id } } }';
  const running = async () => {
    const all = await states(api, workspace.id);
    for (const { lastOperation } of all) {
      if (lastOperation?.state === 'FAILED') {
        await api.ask(retry, { input: { id: lastOperation.id } });
      }
    }
    return all.filter(({ status }) => status.state === 'RUNNING').length;
  };
  await withoutQuota(workspace.namespace, async () => {
    for (let number = 1; number <= count; number += 1) {
      await api.launch(workspace.id, 'vaultwarden', `Service ${String(number).padStart(2, '0')}`);
    }
    await expect.poll(running, { timeout: 600_000, intervals: [1000] }).toBe(count);
  });
}

/** Restarts a service and waits until that is done: its status goes through some states. */
export async function restart(api: Api, service: string): Promise<void> {
  const query = 'mutation Restart($input: RestartServiceInput!) { restartService(input: $input) { operation { id } } }';
  const made = await api.ask<{ restartService: { operation: { id: string } } }>(query, { input: { id: service } });
  await expect.poll(() => api.stateOf(made.restartService.operation.id), { timeout: 120_000 }).toBe('SUCCEEDED');
}

export type Seen = {
  /** Which of the boxes changed, by the name in it. */
  touched: string[];
  /** What changed in the page outside of any box. */
  outside: string[];
  /** How many changes there were to elements and texts, times left out: they go on by themselves. */
  changes: number;
  /** Where how many of them were, most first. */
  places: [string, number][];
  /** Whether the boxes are the very elements that they were. */
  kept: boolean;
};

type Notes = { boxes: Element[]; records: MutationRecord[]; observer: MutationObserver };

/** Begins to note what changes in the page's main part; tells what it was. Each service has a box, named by its link. */
export async function noteChanges(page: Page, box: string): Promise<() => Promise<Seen>> {
  await page.evaluate((selector) => {
    const records: MutationRecord[] = [];
    const observer = new MutationObserver((more) => records.push(...more));
    const main = document.querySelector('main');
    if (!main) {
      throw new Error('there is no main part');
    }
    observer.observe(main, { subtree: true, childList: true, characterData: true, attributes: true });
    const notes: Notes = { boxes: [...document.querySelectorAll(selector)], records, observer };
    (globalThis as { notes?: Notes }).notes = notes;
  }, box);
  return () =>
    page.evaluate((selector) => {
      const { boxes, records, observer } = (globalThis as unknown as { notes: Notes }).notes;
      records.push(...observer.takeRecords());
      observer.disconnect();
      const element = (node: Node): Element | null => (node instanceof Element ? node : node.parentElement);
      const counted = records.filter(({ target }) => !element(target)?.closest('time'));
      const touched = new Set<string>();
      const outside = new Set<string>();
      const places = new Map<string, number>();
      for (const { target } of counted) {
        const at = element(target);
        const name = at?.closest(selector)?.querySelector('a')?.textContent;
        const place = `${at?.tagName.toLowerCase()}.${at?.getAttribute('class') ?? ''}`;
        places.set(place, (places.get(place) ?? 0) + 1);
        if (name) {
          touched.add(name);
        } else {
          outside.add(place);
        }
      }
      const now = [...document.querySelectorAll(selector)];
      const kept = now.length === boxes.length && now.every((one, index) => one === boxes[index]);
      return {
        touched: [...touched].sort(),
        outside: [...outside].sort(),
        changes: counted.length,
        places: [...places].sort(([, one], [, other]) => other - one).slice(0, 12),
        kept,
      };
    }, box);
}

/** Scrolls the page down and up again; milliseconds from one frame to the next. */
export async function scrollPage(page: Page, millis: number): Promise<number[]> {
  return page.evaluate(
    (span) =>
      new Promise<number[]>((resolve) => {
        const frames: number[] = [];
        let last = performance.now();
        let down = true;
        const end = last + span;
        const frame = (now: number) => {
          frames.push(now - last);
          last = now;
          if (now > end) {
            resolve(frames.slice(1));
            return;
          }
          const before = window.scrollY;
          window.scrollBy(0, down ? 40 : -40);
          down = window.scrollY === before ? !down : down;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    millis,
  );
}
