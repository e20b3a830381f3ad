// By keyboard: where the focus is when what was pressed is gone, has changed, or has opened something.

import type { Api } from './support/api.ts';
import type { Installation } from './support/installation.ts';
import { hold, letGo } from './support/cluster.ts';
import { badge, expectFocusIn, expectStep } from './support/pages.ts';
import { expect, readyWorkspace, signIn, test } from './support/test.ts';

test.use({ installationName: 'focus', contextOptions: { reducedMotion: 'reduce' } });

const PASSWORD = 'seven brown hares in the snow';

/** Makes somebody a guest of a workspace. */
async function addGuest(installation: Installation, api: Api, workspaceId: string, name: string): Promise<string> {
  const email = `${name.toLowerCase()}@woow.local`;
  await installation.person(email, name, 'member', PASSWORD);
  const { addMember } = await api.ask<{ addMember: { member: { personId: string } } }>(
    'mutation Add($input: AddMemberInput!) { addMember(input: $input) { member { personId } } }',
    { input: { workspaceId, email, role: 'GUEST' } },
  );
  return addMember.member.personId;
}

test('cancelling and trying again leave the focus with the operation', async ({ page, installation }) => {
  const { api, id, namespace } = await readyWorkspace(installation, 'Second thoughts');
  await hold(namespace);
  const { operation } = await api.launch(id, 'n8n', 'Flow');
  await signIn(page, installation);
  await page.goto(`/w/${id}/operations/${operation}`);
  await expectStep(page, 'Wait until ready', 'RUNNING');
  const whole = page.getByRole('group', { name: 'Launch of Flow' });
  const again = page.getByRole('button', { name: 'Try again' });
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(again).toBeVisible({ timeout: 60_000 });
  await expect(whole).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(again).toBeFocused();

  await letGo(namespace);
  await page.keyboard.press('Enter');
  await expect(badge(page.locator('.operation-head'))).toHaveText('Done', { timeout: 60_000 });
  await expect(whole).toBeFocused();
});

test('a member whose role changes keeps the row, and one who goes leaves the focus to the list', async ({
  page,
  installation,
}) => {
  const { api, id } = await readyWorkspace(installation, 'Garden');
  const ada = await addGuest(installation, api, id, 'Ada');
  await addGuest(installation, api, id, 'Bea');
  await signIn(page, installation);
  await page.goto(`/w/${id}/members`);
  const row = page.getByRole('row', { name: /Bea/ });
  const dialog = page.getByRole('dialog');
  const change = row.getByRole('button', { name: 'Change the role of Bea' });
  await change.press('Enter');
  // Of several to choose from, the dialog begins with the one that holds.
  await expect(dialog.getByRole('radio', { name: /^Guest/ })).toBeFocused();
  await dialog.getByRole('radio', { name: /^User/ }).check();
  await dialog.getByRole('button', { name: 'Save role' }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(row).toContainText('User');
  await expect(change).toBeFocused();

  await row.getByRole('button', { name: 'Remove Bea' }).press('Enter');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await expect(row).toHaveCount(0);
  await expect(page.getByRole('group', { name: 'Members', exact: true })).toBeFocused();

  // What was left on purpose is left alone.
  const left = page.getByRole('button', { name: 'Remove Ada' });
  await left.focus();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await api.ask('mutation Remove($input: RemoveMemberInput!) { removeMember(input: $input) { personId } }', {
    input: { workspaceId: id, personId: ada },
  });
  await expect(left).toHaveCount(0);
  // Longer than it takes to be led anywhere.
  const focused = await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return document.activeElement?.tagName;
  });
  expect(focused).toBe('BODY');
});

test('a token that is shown once is there to be copied, and a revoked one leaves the focus to the list', async ({
  page,
  installation,
}) => {
  await signIn(page, installation);
  await page.goto('/account');
  const dialog = page.getByRole('dialog');
  const tokens = page.getByRole('region', { name: 'Personal access tokens' });
  const create = tokens.getByRole('button', { name: 'Create token' });
  const box = tokens.getByRole('group', { name: 'Personal access tokens' });

  // The box of a table is a stop of the keyboard only where it scrolls.
  const widen = (to: string) =>
    box.evaluate((element, width) => {
      (element.firstElementChild as HTMLElement).style.minWidth = width;
    }, to);
  await expect(box.getByRole('row').nth(1)).toBeVisible();
  await expect(box).not.toHaveAttribute('tabindex');
  await widen('3000px');
  await expect(box).toHaveAttribute('tabindex', '0');
  await widen('');
  await expect(box).not.toHaveAttribute('tabindex');

  await create.press('Enter');
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Deploy script');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Copy token' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Done' }).press('Enter');
  await expect(create).toBeFocused();

  await tokens.getByRole('button', { name: 'Revoke Deploy script' }).press('Enter');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Revoke' }).press('Enter');
  await expect(tokens.getByRole('row', { name: /Deploy script/ })).toHaveCount(0);
  await expect(box).toBeFocused();
});

test('sessions end, and the button that is off then says why', async ({ page, installation, anotherBrowser }) => {
  await signIn(page, installation);
  // Beside these two there is the one in which the API's token was made.
  await signIn(await anotherBrowser(), installation);
  await page.goto('/account');
  const dialog = page.getByRole('dialog');
  const sessions = page.getByRole('region', { name: 'Sessions' });
  const rows = sessions.locator('tbody tr');
  await expect(rows.filter({ hasText: 'This browser' })).toHaveCount(1);
  const others = rows.filter({ hasNotText: 'This browser' });
  const before = await others.count();
  await others.first().getByRole('button').press('Enter');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByRole('button', { name: 'End', exact: true }).press('Enter');
  await expect(others).toHaveCount(before - 1);
  await expect(sessions.getByRole('group', { name: 'Sessions' })).toBeFocused();

  const all = sessions.getByRole('button', { name: 'End all others' });
  const why = sessions.getByRole('tooltip');
  await all.focus();
  await expect(why).toHaveCount(0);
  await page.keyboard.press('Enter');
  // The focus is past what is said, so that is told with the dialog.
  await expect(dialog).toHaveAccessibleDescription(/^Every other browser is signed out at once\./);
  await dialog.getByRole('button', { name: 'End all others' }).press('Enter');
  await expect(others).toHaveCount(0);
  await expect(all).toBeFocused();
  await expect(all).toHaveAttribute('aria-disabled', 'true');
  await expect(all).toHaveAccessibleDescription('There are no other sessions.');
  // Who sees the page reads it there, until Escape or until they go on.
  await expect(why).toHaveText('There are no other sessions.');
  await page.keyboard.press('Escape');
  await expect(why).toHaveCount(0);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  await expect(all).toBeFocused();
  await expect(why).toHaveText('There are no other sessions.');

  // The pointer brings it, too, can go onto it, and Escape takes it away wherever the focus is.
  await page.keyboard.press('Tab');
  await expect(why).toHaveCount(0);
  await all.hover();
  await why.hover();
  await expect(why).toHaveText('There are no other sessions.');
  await page.keyboard.press('Escape');
  await expect(why).toHaveCount(0);
  await page.mouse.move(0, 0);
  await all.hover();
  await expect(why).toHaveText('There are no other sessions.');

  // Where it stands far from the button, a pointer could not go onto it: there a press brings it.
  await page.setViewportSize({ width: 700, height: 900 });
  await page.mouse.move(0, 0);
  await all.hover();
  await expect(why).toHaveCount(0);
  await all.click({ force: true });
  await expect(why).toHaveText('There are no other sessions.');
  await expect(why).toBeInViewport({ ratio: 1 });
});

test('links for people are there to be copied, and rows stay what they are', async ({ page, installation }) => {
  await installation.person('cal@woow.local', 'Cal', 'member', PASSWORD);
  await signIn(page, installation);
  await page.goto('/people');
  const dialog = page.getByRole('dialog');
  const copy = dialog.getByRole('button', { name: 'Copy link' });
  const done = dialog.getByRole('button', { name: 'Done' });
  const cancel = dialog.getByRole('button', { name: 'Cancel' });

  const invite = page.getByRole('button', { name: 'Invite', exact: true });
  await invite.press('Enter');
  await expect(dialog.getByLabel('E-mail')).toBeFocused();
  await page.keyboard.type('dan@example.com');
  await page.keyboard.press('Enter');
  await expect(copy).toBeFocused();
  await done.press('Enter');
  await expect(invite).toBeFocused();

  await page.getByRole('button', { name: 'Take back the invitation of dan@example.com' }).press('Enter');
  await expect(cancel).toBeFocused();
  await dialog.getByRole('button', { name: 'Take back' }).press('Enter');
  await expect(page.getByText('There are no open invitations.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Open invitations' })).toBeFocused();

  const reset = page.getByRole('button', { name: 'Reset the password of Cal' });
  await reset.press('Enter');
  await expect(cancel).toBeFocused();
  await dialog.getByRole('button', { name: 'Make link' }).press('Enter');
  await expect(copy).toBeFocused();
  await done.press('Enter');
  await expect(reset).toBeFocused();

  const change = page.getByRole('button', { name: 'Change the role of Cal' });
  await change.press('Enter');
  await expect(dialog.getByLabel('Role')).toBeFocused();
  await dialog.getByLabel('Role').selectOption('Viewer');
  await dialog.getByRole('button', { name: 'Change role' }).press('Enter');
  await expect(page.getByRole('row', { name: /Cal/ })).toContainText('Viewer');
  await expect(change).toBeFocused();
});

test('what shows all again leads to the heading of the page', async ({ page, installation }) => {
  const { id } = await readyWorkspace(installation, 'Bare');
  await signIn(page, installation);
  await page.goto(`/w/${id}/marketplace?q=nothing`);
  await page.getByRole('button', { name: 'Show all apps' }).press('Enter');
  await expect(page.locator('.app-card')).toHaveCount(12);
  await expect(page.getByRole('heading', { level: 1, name: 'Marketplace' })).toBeFocused();

  await page.goto(`/w/${id}/services?q=zzz`);
  await page.getByRole('link', { name: 'Show all' }).press('Enter');
  await expect(page.getByText('Nothing launched yet')).toBeVisible();
  await expectFocusIn(page);

  // To another page, the link goes with the page that it was on.
  await page.locator('#main').getByRole('link', { name: 'Marketplace' }).press('Enter');
  await expect(page.locator('.app-card')).toHaveCount(12);
  await expectFocusIn(page);
});

test('where there is no workspace, its switcher goes and leaves the focus to the page', async ({
  page,
  installation,
}) => {
  const { id } = await readyWorkspace(installation, 'Leaving');
  await signIn(page, installation);
  await page.goto(`/w/${id}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Leaving' })).toBeVisible();
  const rail = page.getByRole('navigation', { name: 'Main' });
  await rail.getByRole('button', { name: /^Workspace/ }).press('Enter');
  await rail.getByRole('link', { name: 'All workspaces' }).press('Enter');
  await expect(page).toHaveURL(/\/workspaces$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Workspaces' })).toBeVisible();
  await expect(rail.getByRole('button', { name: /^Workspace/ })).toHaveCount(0);
  await expectFocusIn(page);
});

test('a line of the tray keeps the focus while others come, and leaves it to the tray', async ({ page, installation }) => {
  const { api, id, namespace } = await readyWorkspace(installation, 'Busy');
  await hold(namespace);
  await signIn(page, installation);
  await api.launch(id, 'n8n', 'First');
  const tray = page.getByRole('button', { name: /^Running now/ });
  await expect(tray).toHaveAccessibleName('Running now: 1 operation');
  await tray.press('Enter');
  await page.keyboard.press('Tab');
  const line = page.getByRole('link', { name: /Launch of First/ });
  await expect(line).toBeFocused();
  await api.launch(id, 'uptime-kuma', 'Second');
  await expect(page.getByRole('link', { name: /Launch of Second/ })).toBeVisible();
  await expect(line).toBeFocused();
  await letGo(namespace);
  await expect(line).toHaveCount(0, { timeout: 60_000 });
  const inTray = () => tray.evaluate((button) => button.parentElement?.contains(document.activeElement));
  await expect.poll(inTray, 'the focus is on the tray or in it').toBe(true);
});
