// Lists longer than what the API gives at once: each leads to its last, and stays where it is while it changes.

import { type Page } from '@playwright/test';
import { cookieOf, post } from './support/api.ts';
import type { Installation } from './support/installation.ts';
import { look } from './support/look.ts';
import { expectFocusIn } from './support/pages.ts';
import { expect, signIn, signInAs, test } from './support/test.ts';

test.use({ installationName: 'long-lists', contextOptions: { reducedMotion: 'reduce' } });

const PASSWORD = 'seven thin reeds by the pond';
const numbered = (name: string, number: number) => `${name} ${String(number).padStart(3, '0')}`;
const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '-')}@example.com`;

type Ask = <T>(query: string, variables: Record<string, unknown>) => Promise<T>;

/** The API as a person with the password of all. */
async function signedInAs(email: string, { url }: Installation): Promise<Ask> {
  const query = 'mutation SignIn($input: SignInInput!) { signIn(input: $input) { viewer { id } } }';
  const { headers } = await post(url, { origin: url }, query, { input: { email, password: PASSWORD } });
  const cookie = cookieOf(headers);
  return async (query, variables) => (await post<never>(url, { origin: url, cookie }, query, variables)).data;
}

/** The API as whoever is signed in in a browser: some things are not for tokens. */
async function asSignedIn(page: Page, { url }: Installation) {
  const cookies = await page.context().cookies(url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return async <T>(query: string, variables: Record<string, unknown>): Promise<T> =>
    (await post<T>(url, { origin: url, cookie }, query, variables)).data;
}

// First of all: those that the other tests make would be counted too.
test.describe('with more than a hundred people', () => {
  const PEOPLE = 103;

  test.beforeAll(async ({ installation }) => {
    test.setTimeout(400_000);
    for (let number = 1; number <= PEOPLE; number += 1) {
      const name = numbered('Person', number);
      await installation.person(addressOf(name), name, 'member', PASSWORD);
    }
  });

  test('the last member of a workspace is reached by addresses, and is seen to change and to go', async ({
    page,
    installation,
  }) => {
    const api = await installation.api();
    const { id, operation } = await api.createWorkspace('Crowd');
    await expect.poll(() => api.stateOf(operation)).toBe('SUCCEEDED');
    const people: string[] = [];
    // Nobody may look up more than thirty a minute: so the first few help.
    const helpers: Ask[] = [(query, variables) => api.ask(query, variables)];
    for (let number = 1; number <= PEOPLE; number += 1) {
      const ask = helpers[number % helpers.length] as Ask;
      const [email, role] = [addressOf(numbered('Person', number)), number < 5 ? 'ADMIN' : 'GUEST'];
      const { addMember } = await ask<{ addMember: { member: { personId: string } } }>(
        'mutation Add($input: AddMemberInput!) { addMember(input: $input) { member { personId } } }',
        { input: { workspaceId: id, email, role } },
      );
      people.push(addMember.member.personId);
      if (role === 'ADMIN') {
        helpers.push(await signedInAs(email, installation));
      }
    }
    await signIn(page, installation);
    await page.goto(`/w/${id}/members`);
    const rows = page.getByRole('group', { name: 'Members', exact: true }).locator('tbody tr');
    const next = page.getByRole('link', { name: 'Next page' });
    await expect(page.getByText('104 members', { exact: true })).toBeVisible();
    await expect(rows).toHaveCount(50);
    await next.click();
    await expect(rows.first()).toContainText('Person 050');
    await next.click();
    await expect(rows.last()).toContainText('Person 103');
    await expect(rows).toHaveCount(4);
    await expect(next).toHaveCount(0);
    const place = page.url();
    await page.reload();
    await expect(rows).toHaveCount(4);

    // This page is live.
    const remove = (personId: string | undefined) =>
      api.ask('mutation Remove($input: RemoveMemberInput!) { removeMember(input: $input) { personId } }', {
        input: { workspaceId: id, personId },
      });
    await api.ask('mutation Role($input: ChangeMemberRoleInput!) { changeMemberRole(input: $input) { member { role } } }', {
      input: { workspaceId: id, personId: people.at(-1), role: 'USER', expectedRole: 'GUEST' },
    });
    await expect(rows.last()).toContainText('User');
    await remove(people.at(-2));
    await expect(rows).toHaveCount(3);
    await expect(rows.last()).toContainText('Person 103');
    await expect(page).toHaveURL(place);

    // When nobody is left on it, the first one is shown.
    for (const index of [-1, -3, -4]) {
      await remove(people.at(index));
    }
    await expect(page).toHaveURL(`/w/${id}/members`);
    await expect(rows).toHaveCount(50);
    await expect(page.getByText('100 members', { exact: true })).toBeVisible();

    // It is given to one who is not on the page: nobody before they are chosen.
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Give away' }).click();
    const search = dialog.getByRole('searchbox', { name: 'Search by name or e-mail' });
    await expect(search).toBeFocused();
    const owner = dialog.getByLabel('New owner');
    const give = dialog.getByRole('button', { name: 'Give away' });
    await expect(owner.getByRole('option')).toHaveCount(50);
    await dialog.getByRole('textbox', { name: 'Type Crowd' }).fill('Crowd');
    await give.click();
    await expect(owner).toHaveAttribute('aria-invalid', 'true');
    await expect(owner).toBeFocused();
    await search.fill('nobody of this name');
    await expect(owner).toHaveText('Nobody fits');
    await search.fill('person 098');
    await expect(owner.getByRole('option')).toHaveText(['Choose a member', /^Person 098 /]);
    await look(page, 'workspace-transfer-search');
    await owner.selectOption({ label: 'Person 098 (person-098@example.com)' });
    await give.click();
    await expect(page.getByText('Person 098 is the owner now.')).toBeVisible();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('button', { name: 'Give away' })).toHaveCount(0);
  });

  test('the last of all people is reached by addresses, and a change leaves the list at its place', async ({
    page,
    installation,
  }) => {
    await signIn(page, installation);
    await page.goto('/people');
    const rows = page.getByRole('group', { name: 'People', exact: true }).locator('tbody tr');
    const next = page.getByRole('link', { name: 'Next page' });
    const dialog = page.getByRole('dialog');
    await expect(page.getByText('104 people', { exact: true })).toBeVisible();
    await expect(rows.first()).toContainText('Person 103');
    await next.click();
    await expect(rows.first()).toContainText('Person 053');
    await next.click();
    await expect(rows.first()).toContainText('Person 003');
    await expect(rows.last()).toContainText('admin@woow.local');
    await expect(rows).toHaveCount(4);
    await expect(next).toHaveCount(0);
    const place = page.url();

    await page.getByRole('button', { name: 'Change the role of Person 002' }).click();
    await dialog.getByLabel('Role').selectOption('Viewer');
    await dialog.getByRole('button', { name: 'Change role' }).click();
    await expect(rows.filter({ hasText: 'Person 002' })).toContainText('Viewer');
    await expect(rows).toHaveCount(4);
    await page.getByRole('button', { name: 'Remove Person 003' }).click();
    await dialog.getByRole('textbox').fill(addressOf('Person 003'));
    await dialog.getByRole('button', { name: 'Remove person' }).click();
    await expect(rows).toHaveCount(3);
    await expect(page.getByText('103 people', { exact: true })).toBeVisible();
    await expect(page).toHaveURL(place);

    // Back goes page by page, and a search begins at the first.
    await page.goBack();
    await expect(rows.first()).toContainText('Person 053');
    await page.getByRole('searchbox', { name: 'Search people' }).fill('person 05');
    await expect(page.getByText('10 people', { exact: true })).toBeVisible();
    await expect(page).toHaveURL(/\/people\?q=person%2005$/);
    await expect(next).toHaveCount(0);
  });
});

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

test('the first of all that staff have read is reached, and who begins or ends now is seen', async ({
  page,
  installation,
  anotherBrowser,
}) => {
  await installation.person('olga@woow.local', 'Olga', 'member', PASSWORD);
  const owner = await anotherBrowser();
  await signInAs(owner, 'olga@woow.local', PASSWORD);
  const asOwner = await asSignedIn(owner, installation);
  type Made = { createWorkspace: { workspace: { id: string }; operation: { id: string } } };
  const { createWorkspace: made } = await asOwner<Made>(
    'mutation Make($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } operation { id } } }',
    { input: { name: 'Bakery', description: '' } },
  );
  // While it is prepared it tells of itself, and below whatever is told of it counts.
  const preparing = async () => {
    const query = 'query State($id: ID!) { operation(id: $id) { state } }';
    return (await asOwner<{ operation: { state: string } }>(query, { id: made.operation.id })).operation.state;
  };
  await expect.poll(preparing).toBe('SUCCEEDED');
  await signIn(page, installation);
  const asStaff = await asSignedIn(page, installation);
  const begin = async (number: number) => {
    const { openSupportGrant } = await asStaff<{ openSupportGrant: { supportGrant: { id: string } } }>(
      'mutation Begin($input: OpenSupportGrantInput!) { openSupportGrant(input: $input) { supportGrant { id } } }',
      { input: { workspaceId: made.workspace.id, hours: 1, reason: numbered('Her question', number) } },
    );
    return openSupportGrant.supportGrant.id;
  };
  const end = (id: string) =>
    asStaff('mutation End($input: EndSupportGrantInput!) { endSupportGrant(input: $input) { supportGrant { id } } }', {
      input: { id },
    });
  for (let number = 1; number <= 45; number += 1) {
    await end(await begin(number));
  }

  await owner.goto(`/w/${made.workspace.id}/members`);
  const box = owner.getByRole('region', { name: 'Support' });
  const rows = box.locator('.grants > li');
  const more = box.getByRole('button', { name: 'Show more' });
  await expect(rows).toHaveCount(20);
  await more.press('Enter');
  await expect(rows).toHaveCount(40);
  await expect(more).toBeFocused();
  const last = await begin(46);
  await expect(rows.first()).toContainText('Her question 046');
  await expect(rows.first()).toContainText('Reads now');
  await end(last);
  await expect(rows.first()).toContainText('Over');
  await expect(rows).toHaveCount(40);

  // Where they could not be read, whatever is told of the workspace next makes up for it.
  const away = { errors: [{ message: 'away', extensions: { code: 'UNAVAILABLE' } }] };
  await owner.route('**/graphql', (route) => route.fulfill({ json: away }), { times: 1 });
  await begin(47);
  await expect(box.getByRole('button', { name: 'Try again' })).toBeVisible();
  await installation.person('pia@woow.local', 'Pia', 'member', PASSWORD);
  await asOwner('mutation Add($input: AddMemberInput!) { addMember(input: $input) { member { personId } } }', {
    input: { workspaceId: made.workspace.id, email: 'pia@woow.local', role: 'GUEST' },
  });
  await expect(rows.first()).toContainText('Her question 047');
  await expect(rows).toHaveCount(40);
  await more.press('Enter');
  await expect(rows).toHaveCount(47);
  await expect(rows.last()).toContainText('Her question 001');
  await expect(more).toHaveCount(0);
});
