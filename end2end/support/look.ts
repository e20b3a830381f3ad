// Pictures of what is open, on a laptop and a phone, light and dark, and checks that need no eyes.

import { AxeBuilder } from '@axe-core/playwright';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Page, expect } from '@playwright/test';
import { places } from './places.ts';

const SCREENS = path.join(places.results, 'screens');
export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** What axe finds, however small it is. */
export async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(
    (one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`,
  );
}

/** What reaches beyond the right edge of the screen. */
async function beyond(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const outside = [...document.querySelectorAll('body *')].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > clientWidth + 1;
    });
    return scrollWidth > clientWidth ? outside.slice(0, 5).map((one) => `${one.tagName}.${one.className}`) : [];
  });
}

/** Takes pictures of what is open now, and checks each: nothing is wider than the screen, axe finds nothing. */
export async function look(page: Page, name: string, sizes = [PHONE, WIDE]): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const label = `${name}-${size.width}-${colorScheme}`;
      await page.screenshot({ path: path.join(SCREENS, `${label}.png`), fullPage: true, animations: 'disabled' });
      expect.soft(await beyond(page), `${label}: nothing is wider than the screen`).toEqual([]);
      expect.soft(await findings(page), `${label}: axe finds nothing`).toEqual([]);
    }
  }
  await page.setViewportSize(WIDE);
}
