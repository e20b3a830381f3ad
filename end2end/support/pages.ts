// Parts that several tests walk through.

import { type Locator, type Page, expect } from '@playwright/test';

/** The word for how a service or an operation is. */
export function badge(within: Page | Locator): Locator {
  return within.locator('.badge:not(.sandbox)');
}

/** A step of a timeline by its name. */
export function step(page: Page, name: string): Locator {
  return page.locator('.timeline > li').filter({ has: page.locator('.step-name', { hasText: name }) });
}

/** The tab of a service's page. */
export function tab(page: Page, name: string): Locator {
  return page.getByRole('navigation', { name: 'Service', exact: true }).getByRole('link', { name, exact: true });
}

/** The focus has not fallen to the body of the page: something in it has the focus, or the page itself. */
export async function expectFocusIn(page: Page): Promise<void> {
  const inside = () => page.evaluate(() => Boolean(document.activeElement?.closest('#main')));
  await expect.poll(inside, 'what has the focus is in the page').toBe(true);
}

/** How far a step is. To come there may take a few runs of Helm, or pods that start. */
export async function expectStep(page: Page, name: string, state: string): Promise<void> {
  await expect(step(page, name)).toHaveAttribute('data-state', state, { timeout: 60_000 });
}
