// The API under clients that others wrote: what they agree on is the specification.

import { serverAudits } from 'graphql-http';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { expect, test } from './support/test.ts';

test.use({ installationName: 'independent-clients' });

test.describe('GraphQL over HTTP, as graphql-http audits it', () => {
  let url = '';
  let token = '';
  test.beforeAll(async ({ installation }) => {
    const api = await installation.api();
    url = `${api.url}/graphql`;
    token = api.token;
  });

  const audits = serverAudits({
    url: () => url,
    fetchFn: (address: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(address, { ...init, headers });
    },
  });
  for (const audit of audits) {
    // What a server MAY do, ours may leave.
    if (/^(MUST|SHOULD)\b/.test(audit.name)) {
      test(`${audit.id} ${audit.name}`, async () => {
        const result = await audit.fn();
        const said = 'response' in result ? `${result.response.status}: ${await textOf(result.response)}` : '';
        expect(result.status, `${'reason' in result ? result.reason : ''} ${said}`).toBe('ok');
      });
    }
  }
});

async function textOf(response: Response): Promise<string> {
  return response.bodyUsed ? '' : response.text();
}

type Update = { operationChanged: { operation: { state: string }; entries: { seq: number; code: string }[] } };

test('graphql-ws follows an operation, ends the stream and goes on with the socket', async ({ installation }) => {
  test.setTimeout(30_000);
  const api = await installation.api();
  const closed: unknown[] = [];
  const client = createClient({
    url: `${api.url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    connectionParams: { authorization: `Bearer ${api.token}` },
    on: { closed: (event) => closed.push(event) },
  });
  const { operation } = await api.createWorkspace('Heard from afar');
  const updates: Update['operationChanged'][] = [];
  const query = `subscription Follow($id: ID!) {
    operationChanged(id: $id, afterSeq: 0) { operation { state } entries { seq code } }
  }`;
  // Once it has succeeded nothing can follow, and the server completes the stream: else this would not end.
  for await (const result of client.iterate<Update>({ query, variables: { id: operation } })) {
    expect(result.errors).toBeUndefined();
    if (result.data) {
      updates.push(result.data.operationChanged);
    }
  }
  expect(updates.at(-1)?.operation.state).toBe('SUCCEEDED');
  const seqs = updates.flatMap((update) => update.entries.map((entry) => entry.seq));
  expect(seqs.length).toBeGreaterThan(3);
  expect(seqs, 'each entry once, in order').toEqual([...new Set(seqs)].sort((a, b) => a - b));
  const codes = updates.flatMap((update) => update.entries.map((entry) => entry.code));
  expect(codes).toContain('NAMESPACE_CREATED');
  expect(codes.at(-1)).toBe('SUCCEEDED');

  // A query has one answer, after which the server completes the stream: else this would not end.
  const answers: unknown[] = [];
  for await (const result of client.iterate({ query: '{ server { sandbox } }' })) {
    answers.push(result);
  }
  expect(answers).toEqual([{ data: { server: { sandbox: true } } }]);
  expect(closed, 'one socket carried all').toEqual([]);
  await client.dispose();
});

test('a socket without a right token is refused', async ({ installation }) => {
  const client = createClient({
    url: `${installation.url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: 'Bearer of bad news' },
  });
  const first = client.iterate({ query: 'subscription { operationChanged(id: "x") { operation { id } } }' }).next();
  await expect(first).rejects.toMatchObject({ code: 4403, reason: 'Forbidden' });
  await client.dispose();
});
