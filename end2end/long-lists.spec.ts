// Lists longer than what the API gives at once: each leads to its last, and stays where it is while it changes.

import { type Page } from '@playwright/test';
import { post } from './support/api.ts';
import type { Installation } from './support/installation.ts';
import { expectFocusIn } from './support/pages.ts';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'long-lists', contextOptions: { reducedMotion: 'reduce' } });

const numbered = (name: string, number: number) => `${name} ${String(number).padStart(3, '0')}`;
const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '-')}@example.com`;

/** The API as whoever is signed in in a browser: some things are not for tokens. */
async function asSignedIn(page: Page, { url }: Installation) {
  const cookies = await page.context().cookies(url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return async <T>(query: string, variables: Record<string, unknown>): Promise<T> =>
    (await post<T>(url, { origin: url, cookie }, query, variables)).data;
}

test('the last of many invitations is reached, and the list stays as long as it has grown', async ({
  page,
  installation,
}) => {
  await signIn(page, installation);
  const ask = await asSignedIn(page, installation);
  for (let number = 1; number <= 105; number += 1) {
    await ask('mutation Invite($input: CreateInvitationInput!) { createInvitation(input: $input) { link } }', {
      input: { email: addressOf(numbered('Guest', number)), platformRole: 'MEMBER' },
    });
  }
  await page.goto('/people');
  const box = page.getByRole('region', { name: 'Open invitations' });
  const rows = box.locator('tbody tr');
  const more = box.getByRole('button', { name: 'Show more' });
  const dialog = page.getByRole('dialog');
  await expect(rows).toHaveCount(20);
  await more.press('Enter');
  await expect(rows).toHaveCount(40);
  await expect(more).toBeFocused();

  // What goes is followed by what came after it, and what comes stands at its place.
  await expect(rows.last()).toContainText('guest-066@example.com');
  await box.getByRole('button', { name: 'Take back the invitation of guest-080@example.com' }).press('Enter');
  await dialog.getByRole('button', { name: 'Take back' }).press('Enter');
  await expect(rows.filter({ hasText: 'guest-080@example.com' })).toHaveCount(0);
  await expect(rows.last()).toContainText('guest-065@example.com');
  await expect(rows).toHaveCount(40);
  await page.getByRole('button', { name: 'Invite', exact: true }).press('Enter');
  await dialog.getByLabel('E-mail').fill('late@example.com');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Done' }).press('Enter');
  await expect(rows.first()).toContainText('late@example.com');
  await expect(rows).toHaveCount(40);

  for (const count of [60, 80, 100, 105]) {
    await more.press('Enter');
    await expect(rows).toHaveCount(count);
  }
  await expect(rows.last()).toContainText('guest-001@example.com');
  await expect(more).toHaveCount(0);
  await expectFocusIn(page);
});
