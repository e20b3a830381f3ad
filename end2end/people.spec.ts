// The people of the platform: invited, signed up, reset, signed out elsewhere. Links are handed over as people do it.

import { type Page } from '@playwright/test';
import { look } from './support/look.ts';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'people', contextOptions: { reducedMotion: 'reduce' } });

const PASSWORD = 'seven quiet lanterns';
const CHANGED = 'eight loud lanterns';

/** The link that the open dialog shows this once. */
async function shownLink(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog');
  const link = await dialog.locator('.secret-line code').innerText();
  await expect(dialog.getByRole('button', { name: 'Copy link' })).toBeVisible();
  await look(page, 'people-link');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
  return link;
}

async function invite(page: Page, email: string): Promise<string> {
  await page.goto('/people');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await look(page, 'people-invite');
  await page.getByRole('dialog').getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Make invitation' }).click();
  return shownLink(page);
}

async function choosePassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('New password again').fill(password);
}

test('an invitation brings somebody in once, and a reset link sends them out and in again', async ({
  page,
  installation,
  anotherBrowser,
}) => {
  test.setTimeout(240_000);
  await signIn(page, installation);
  const link = await invite(page, 'bob@example.com');
  expect(link).toMatch(/^http:\/\/localhost:\d+\/invitation#[\w-]{43}$/);
  await expect(page.getByRole('row', { name: /bob@example\.com/ })).toBeVisible();
  await look(page, 'people-invitations');

  const bob = await anotherBrowser();
  await bob.goto(link);
  await expect(bob.getByText('bob@example.com')).toBeVisible();
  await look(bob, 'invitation');
  await bob.getByLabel('Name', { exact: true }).fill('Bob');
  await bob.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await bob.getByLabel('New password again').fill('something else');
  await bob.getByRole('button', { name: 'Make account' }).click();
  await expect(bob.getByLabel('New password again')).toHaveAttribute('aria-invalid', 'true');
  await choosePassword(bob, PASSWORD);
  await bob.getByRole('button', { name: 'Make account' }).click();
  await expect(bob).toHaveURL(/\/workspaces$/);
  await bob.goto('/people');
  await expect(bob.getByText('Only an Admin')).toBeVisible();
  await look(bob, 'people-not-for-you');

  const late = await anotherBrowser();
  await late.goto(link);
  await expect(late.getByRole('heading', { name: 'This link cannot be used' })).toBeVisible();
  await look(late, 'invitation-used');

  await page.reload();
  await expect(page.getByText('There are no open invitations.')).toBeVisible();
  await look(page, 'people');
  await page.getByRole('searchbox', { name: 'Search people' }).fill('BOB@');
  await expect(page.getByText('1 person')).toBeVisible();
  await expect(page).toHaveURL(/\?q=BOB%40/);
  await page.getByRole('button', { name: 'Reset the password of Bob' }).click();
  await look(page, 'people-reset');
  await page.getByRole('button', { name: 'Make link' }).click();
  const reset = await shownLink(page);
  expect(reset).toMatch(/\/reset#[\w-]{43}$/);
  await late.goto(reset);
  await expect(late.getByRole('heading', { name: 'Choose a new password' })).toBeVisible();
  await expect(late.getByLabel('New password', { exact: true })).toBeFocused();
  await look(late, 'reset');
  await choosePassword(late, CHANGED);
  await late.getByRole('button', { name: 'Save password' }).click();
  await expect(late).toHaveURL(/\/sign-in$/);
  await bob.goto('/account');
  await expect(bob).toHaveURL(/\/sign-in/);
  await late.getByLabel('E-mail').fill('bob@example.com');
  await late.getByLabel('Password', { exact: true }).fill(CHANGED);
  await late.getByRole('button', { name: 'Sign in' }).click();
  await expect(late).toHaveURL(/\/workspaces$/);

  // Removing asks for the address. The new password has changed what the page shows: it says so, and shows it anew.
  const confirm = page.getByRole('dialog').getByRole('textbox');
  await page.getByRole('button', { name: 'Remove Bob' }).click();
  await confirm.fill('bob@example.com');
  await page.getByRole('button', { name: 'Remove person' }).click();
  await expect(page.getByText('Someone else has changed it meanwhile.')).toBeVisible();
  await look(page, 'people-remove');
  const read = page.waitForResponse((answer) => answer.request().postData()?.includes('people(') ?? false);
  await page.getByRole('button', { name: 'Cancel' }).click();
  // The whole answer, and until it is in the page: the button removes whom the page knows when it is pressed.
  await (await read).finished();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  await page.getByRole('button', { name: 'Remove Bob' }).click();
  await page.getByRole('button', { name: 'Remove person' }).click();
  await expect(confirm).toHaveAttribute('aria-invalid', 'true');
  await confirm.fill('bob@example.com');
  await page.getByRole('button', { name: 'Remove person' }).click();
  await expect(page.getByText('Nobody fits')).toBeVisible();
  await late.goto('/account');
  await expect(late).toHaveURL(/\/sign-in/);
  // The platform keeps an Admin.
  await page.getByRole('searchbox', { name: 'Search people' }).fill('');
  await page.getByRole('button', { name: 'Change the role of Admin' }).click();
  await page.getByRole('dialog').getByLabel('Role').selectOption('Member');
  await expect(page.getByText('This is your own role.')).toBeVisible();
  await page.getByRole('button', { name: 'Change role' }).click();
  await expect(page.getByText('Nobody else is an Admin')).toBeVisible();
  await look(page, 'people-role');
});

test('an Admin opens sign-up, and own sessions are ended', async ({ page, installation, anotherBrowser }) => {
  test.setTimeout(240_000);
  await signIn(page, installation);
  const stranger = await anotherBrowser();
  await stranger.goto('/sign-in');
  await expect(stranger.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expect(stranger.getByRole('link', { name: 'Make an account' })).toHaveCount(0);
  await stranger.goto('/sign-up');
  await expect(stranger.getByText('Accounts are not made here')).toBeVisible();
  await look(stranger, 'sign-up-closed');
  await page.goto('/people');
  await page.getByRole('radio', { name: /^Anybody/ }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();

  await stranger.goto('/sign-in');
  await expect(stranger.getByRole('link', { name: 'Make an account' })).toBeVisible();
  await look(stranger, 'sign-in-open');
  await stranger.getByRole('link', { name: 'Make an account' }).click();
  await stranger.getByLabel('Name', { exact: true }).fill('Carol');
  await stranger.getByLabel('E-mail').fill('carol@example.com');
  await choosePassword(stranger, PASSWORD);
  await look(stranger, 'sign-up');
  await stranger.getByRole('button', { name: 'Make account' }).click();
  await expect(stranger.getByRole('heading', { name: 'Now sign in' })).toBeVisible();
  await look(stranger, 'sign-up-done');
  await stranger.getByRole('link', { name: 'Sign in' }).click();
  await stranger.getByLabel('E-mail').fill('carol@example.com');
  await stranger.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await expect(stranger).toHaveURL(/\/workspaces$/);

  const phone = await anotherBrowser();
  await phone.goto('/sign-in');
  await phone.getByLabel('E-mail').fill('carol@example.com');
  await phone.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await expect(phone).toHaveURL(/\/workspaces$/);
  await stranger.goto('/account');
  const rows = stranger.getByRole('region', { name: 'Sessions' }).locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'This browser' })).toHaveCount(1);
  await look(stranger, 'account-sessions');
  await stranger.getByRole('button', { name: 'End all others' }).click();
  await look(stranger, 'account-end-others');
  await stranger.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
  await expect(rows).toHaveCount(1);
  await phone.goto('/account');
  await expect(phone).toHaveURL(/\/sign-in/);
  await stranger.getByRole('button', { name: /^End the session of/ }).click();
  await stranger.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
  await expect(stranger).toHaveURL(/\/sign-in/);
});
