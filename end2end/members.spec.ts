// Members and support: one adds and removes the other, who sees it at once; staff read for an hour and are seen.

import { look } from './support/look.ts';
import { expectFocusIn } from './support/pages.ts';
import { expect, signIn, signInAs, test } from './support/test.ts';

test.use({ installationName: 'members', contextOptions: { reducedMotion: 'reduce' } });

const PASSWORD = 'seven grey herons by the weir';

test('a member is added, changed and removed, and sees it at once', async ({ page, installation, anotherBrowser }) => {
  test.setTimeout(300_000);
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
  await look(page, 'member-add');
  await dialog.getByLabel('E-mail').fill('bea@woow.local');
  await dialog.getByRole('radio', { name: /^Guest/ }).check();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const row = page.getByRole('row', { name: /Bea/ });
  await expect(row).toContainText('Guest');
  await look(page, 'members');

  const other = await anotherBrowser();
  await signInAs(other, 'bea@woow.local', PASSWORD);
  await other.goto(`/w/${id}/members`);
  await expect(other.getByRole('row', { name: /Bea/ })).toContainText('you');
  await expect(other.getByRole('button', { name: /^Remove/ })).toHaveCount(0);
  await other.goto(`/w/${id}`);
  // Nothing is offered that a guest may not do.
  await expect(other.getByRole('heading', { name: 'Nothing launched yet' })).toBeVisible();
  await expect(other.getByRole('link', { name: 'Launch an app' })).toHaveCount(0);
  await look(other, 'overview-guest');

  await row.getByRole('button', { name: 'Change the role of Bea' }).click();
  await dialog.getByRole('radio', { name: /^User/ }).check();
  await look(page, 'member-role');
  await dialog.getByRole('button', { name: 'Save role' }).click();
  await expect(row).toContainText('User');
  await expect(other.getByRole('link', { name: 'Launch an app' }).first()).toBeVisible();

  await page.getByRole('searchbox', { name: 'Search by name or e-mail' }).fill('bea@');
  await expect(page).toHaveURL(/\?q=bea%40$/);
  await expect(page.getByText('1 member', { exact: true })).toBeVisible();
  await row.getByRole('button', { name: 'Remove Bea' }).click();
  await look(page, 'member-remove');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('Nobody fits')).toBeVisible();
  await look(page, 'members-none');
  await expect(other.getByRole('heading', { name: 'Not found' })).toBeVisible();

  // The last owner stays.
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: 'Leave' }).click();
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await expect(dialog.getByText('A workspace needs an owner', { exact: false })).toBeVisible();
  await look(page, 'member-leave');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Give away' }).click();
  await expect(dialog).toBeVisible();
  await look(page, 'workspace-transfer');
});

test('staff read for an hour, are seen, and are sent away', async ({ page, installation, anotherBrowser }) => {
  test.setTimeout(240_000);
  await installation.person('olga@woow.local', 'Olga', 'member', PASSWORD);
  await signIn(page, installation);
  const owner = await anotherBrowser();
  await signInAs(owner, 'olga@woow.local', PASSWORD);
  await owner.getByLabel('Name').fill('Bakery');
  await owner.getByRole('button', { name: 'Create workspace' }).click();
  await expect(owner).toHaveURL(/\/w\/[0-9a-f]{32}$/);
  const place = new URL(owner.url()).pathname;

  // Where there is no workspace, an Admin is told so. An operator, who does not see which there are, may ask all the same.
  const nowhere = `/w/${'0'.repeat(32)}`;
  await page.goto(nowhere);
  await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
  await expect(page.getByLabel('Reason')).toHaveCount(0);
  await owner.goto(nowhere);
  await expect(owner.getByRole('heading', { name: 'Not found' })).toBeVisible();
  await installation.person('opal@woow.local', 'Opal', 'operator', PASSWORD);
  const operator = await anotherBrowser();
  await signInAs(operator, 'opal@woow.local', PASSWORD);
  for (const address of [nowhere, place]) {
    await operator.goto(address);
    await expect(operator.getByRole('heading', { level: 1, name: 'Read as support' })).toBeVisible();
    await expect(operator.getByText('If there is a workspace at this address', { exact: false })).toBeVisible();
    await expect(operator.getByText('Bakery')).toHaveCount(0);
  }

  // Which workspaces are of others is said in the list.
  await (await installation.api()).createWorkspace('Attic');
  await page.goto('/workspaces');
  const cards = page.locator('.workspace-card');
  await expect(cards.filter({ hasText: 'Bakery' })).toContainText('Not a member');
  await expect(cards.filter({ hasText: 'Attic' })).not.toContainText('Not a member');

  await page.goto(place);
  await expect(page.getByRole('heading', { level: 1, name: 'Bakery' })).toBeVisible();
  await expect(page.getByText('You are not a member of this workspace.')).toBeVisible();
  await look(page, 'support-door');
  await page.getByRole('button', { name: 'Start reading' }).click();
  await expect(page.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Reason').fill('Olga asked why her oven is cold');
  await page.getByRole('button', { name: 'Start reading' }).click();
  await expect(page.getByText('You read here as support: Olga asked why her oven is cold')).toBeVisible();
  // The form is gone with what was pressed.
  await expectFocusIn(page);
  await look(page, 'support-reading');
  // They read, and are offered nothing else.
  const rail = page.getByRole('navigation', { name: 'Main' });
  await expect(rail.getByRole('link', { name: 'Services' })).toBeVisible();
  await expect(rail.getByRole('link', { name: 'Members' })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Nothing launched yet' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Launch an app' })).toHaveCount(0);
  await page.goto(`${place}/services`);
  const launch = page.getByRole('button', { name: 'Launch an app' });
  await expect(launch).toHaveAttribute('aria-disabled', 'true');
  await expect(launch).toHaveAccessibleDescription('You read here as support and can change nothing.');
  // It goes with the grant, and the focus with it.
  await launch.focus();

  await owner.goto(`${place}/members`);
  const box = owner.getByRole('region', { name: 'Support' });
  await expect(box).toContainText('Olga asked why her oven is cold');
  await expect(box).toContainText('Reads now');
  await look(owner, 'members-support');
  await box.getByRole('button', { name: 'End now' }).click();
  await expect(box).toContainText('Over');
  await expect(box).toBeFocused();
  await expect(page.getByRole('heading', { name: 'Read here as support' })).toBeVisible();
  await expectFocusIn(page);

  // The other way round: whoever reads ends it.
  await page.getByLabel('Reason').fill('Olga asks again');
  await page.getByRole('button', { name: 'Start reading' }).press('Enter');
  await page.getByRole('button', { name: 'End support' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Read here as support' })).toBeVisible();
  await expectFocusIn(page);
});
