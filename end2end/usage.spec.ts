// CPU and memory on a service's page, as the cluster measures them.

import { kubectl, objects } from './support/cluster.ts';
import { look } from './support/look.ts';
import { expect, signIn, test } from './support/test.ts';

test.use({ installationName: 'usage' });

type Pod = { spec: { containers: { resources: { limits: { memory: string } } }[] } };

test('what a service uses is shown, and what is near its limit is said', async ({ page, installation }) => {
  test.setTimeout(300_000);
  const api = await installation.api();
  const workspace = await api.createWorkspace('Measured');
  await expect.poll(() => api.stateOf(workspace.operation)).toBe('SUCCEEDED');
  const service = await api.launch(workspace.id, 'uptime-kuma', 'Lookout');
  await expect.poll(() => api.statusOf(service.id), { timeout: 60_000 }).toBe('RUNNING ALL_READY');
  await signIn(page, installation);
  await page.goto(`/w/${workspace.id}/services/${service.id}`);

  const panel = page.getByRole('region', { name: 'CPU and memory' });
  await expect(panel.getByText('Simulated')).toBeVisible();
  const memory = panel.locator('.meter').filter({ hasText: 'Memory' });
  // A new pod is measured within about a minute.
  await expect(memory).toContainText(/MiB of [\d.]+ [MG]iB \d+ % of the limit/, { timeout: 120_000 });
  const line = panel.getByRole('img', { name: /^Memory over the last .+: between .+ and .+\.$/ });
  await expect(line.locator('.line')).toHaveAttribute('d', /^M100\.0 \d/);
  await expect(line.locator('.limit')).toHaveAttribute('d', 'M0 2H100');

  const [pod] = await objects(workspace.namespace, 'pods');
  const name = pod!.metadata.name;
  await panel.getByText('By pod').click();
  const row = panel.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText(/cores? .*MiB of/);

  const limit = Number.parseInt((pod as unknown as Pod).spec.containers[0]!.resources.limits.memory, 10);
  const near = `kwok.x-k8s.io/usage-memory=${Math.ceil(limit * 0.95)}Mi`;
  await kubectl('annotate', 'pod', name, near, '--namespace', workspace.namespace);
  await expect(panel.locator('.near')).toContainText('near its limit: 95 % of its memory', { timeout: 90_000 });
  await expect(row, 'what was opened stays open while figures come').toBeVisible();
  await expect(line.locator('.line'), 'the line has grown').toHaveAttribute('d', /L100\.0 \d/);

  await look(page, 'usage');
});
