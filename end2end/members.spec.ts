// Members and support: one adds and removes the other, who sees it at once; staff read for an hour and are seen.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'members' });

const PASSWORD = 'seven grey herons by the weir';

async function signInAs(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/workspaces$/);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join('; ')}`)).toEqual([]);
}

test('a member is added, changed and removed, and sees it at once', async ({ page, installation, anotherBrowser }) => {
  await installation.person('bea@woow.local', 'Bea', 'member', PASSWORD);
  const api = await installation.api();
  const { id, operation } = await api.createWorkspace('Garden');
  await expect.poll(() => api.stateOf(operation)).toBe('SUCCEEDED');
  await signIn(page, installation);
  await page.goto(`/w/${id}`);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Members' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
  await expect(page.getByText('1 member', { exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill('nobody@woow.local');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByText('Nobody here has this address.', { exact: false })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel('E-mail').fill('bea@woow.local');
  await dialog.getByRole('radio', { name: /^Guest/ }).check();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const row = page.getByRole('row', { name: /Bea/ });
  await expect(row).toContainText('Guest');
  await expectAccessible(page);

  const other = await anotherBrowser();
  await signInAs(other, 'bea@woow.local');
  await other.goto(`/w/${id}/members`);
  await expect(other.getByRole('row', { name: /Bea/ })).toContainText('you');
  await expect(other.getByRole('button', { name: /^Remove/ })).toHaveCount(0);
  await other.goto(`/w/${id}`);
  await expect(other.getByText('Your role in this workspace does not allow this.', { exact: false })).toBeVisible();

  await row.getByRole('button', { name: 'Change the role of Bea' }).click();
  await dialog.getByRole('radio', { name: /^User/ }).check();
  await dialog.getByRole('button', { name: 'Save role' }).click();
  await expect(row).toContainText('User');
  await expect(other.getByRole('link', { name: 'Launch an app' }).first()).toBeVisible();

  await page.getByRole('searchbox', { name: 'Search by name or e-mail' }).fill('bea@');
  await expect(page).toHaveURL(/\?q=bea%40$/);
  await expect(page.getByText('1 member', { exact: true })).toBeVisible();
  await row.getByRole('button', { name: 'Remove Bea' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('Nobody fits')).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Not found' })).toBeVisible();

  // The last owner stays.
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: 'Leave' }).click();
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await expect(dialog.getByText('A workspace needs an owner', { exact: false })).toBeVisible();
});

test('staff read for an hour, are seen, and are sent away', async ({ page, installation, anotherBrowser }) => {
  await installation.person('olga@woow.local', 'Olga', 'member', PASSWORD);
  await signIn(page, installation);
  const owner = await anotherBrowser();
  await signInAs(owner, 'olga@woow.local');
  await owner.getByLabel('Name').fill('Bakery');
  await owner.getByRole('button', { name: 'Create workspace' }).click();
  await expect(owner).toHaveURL(/\/w\/[0-9a-f]{32}$/);
  const place = new URL(owner.url()).pathname;

  await page.goto(place);
  await expect(page.getByRole('heading', { level: 1, name: 'Bakery' })).toBeVisible();
  await expect(page.getByText('You are not a member of this workspace.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Start reading' }).click();
  await expect(page.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Reason').fill('Olga asked why her oven is cold');
  await page.getByRole('button', { name: 'Start reading' }).click();
  await expect(page.getByText('You read here as support: Olga asked why her oven is cold')).toBeVisible();
  await expectAccessible(page);

  await owner.goto(`${place}/members`);
  const box = owner.getByRole('region', { name: 'Support' });
  await expect(box).toContainText('Olga asked why her oven is cold');
  await expect(box).toContainText('Reads now');
  await expectAccessible(owner);
  await box.getByRole('button', { name: 'End now' }).click();
  await expect(box).toContainText('Over');
  await expect(page.getByRole('heading', { name: 'Read here as support' })).toBeVisible();
});
