// What the console says is so, and is said in words that help.

import type { Installation } from './support/installation.ts';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'words' });

async function readyWorkspace(installation: Installation, name: string) {
  const api = await installation.api();
  const { id, namespace, operation } = await api.createWorkspace(name);
  await expect.poll(() => api.stateOf(operation)).toBe('SUCCEEDED');
  return { api, id, namespace };
}

test('what form a text has is told in words, not as a pattern', async ({ page, installation }) => {
  const { id } = await readyWorkspace(installation, 'Forms');
  await signIn(page, installation);
  await page.goto(`/w/${id}/marketplace/postgresql/launch`);
  const database = page.getByLabel('Database', { exact: true });
  await database.fill('Orders-2026');
  await page.getByRole('button', { name: 'Launch' }).click();
  await expect(database).toHaveAccessibleDescription(/right form: small letters from a to z, digits and _,/);
  await expect(database).toBeFocused();
  await expect(page.getByText('[a-z')).toHaveCount(0);
  await expect(page).toHaveURL(/\/launch$/);
});
