// Launches apps through the API, all at once, and waits over a WebSocket until each of them has ended.
//
// On standard input: { url, token, inputs: LaunchServiceInput[] }; on standard output: { totalMs, each: [{ ms, service, … }] }.

import { text } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { url, token, inputs } = JSON.parse(await text(process.stdin));
const headers = { authorization: `Bearer ${token}` };
const LAUNCH = `mutation($input: LaunchServiceInput!) { launchService(input: $input) {
  service { id releaseName namespace } operation { id } } }`;
const WATCH = 'subscription($id: ID!) { operationChanged(id: $id) { operation { state error { code params { name value } } } } }';

const client = createClient({
  url: `${url.replace('http', 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: headers,
  lazy: false,
  retryAttempts: 0,
});
// A page has its socket open before anybody presses Launch.
await new Promise((resolve) => client.on('connected', resolve));

async function launch(input) {
  const began = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: LAUNCH, variables: { input } }),
  });
  const { data, errors } = await response.json();
  if (errors) {
    throw new Error(`the launch of ${input.name} was refused: ${JSON.stringify(errors)}`);
  }
  const { service, operation } = data.launchService;
  for await (const update of client.iterate({ query: WATCH, variables: { id: operation.id } })) {
    if (update.errors) {
      throw new Error(`the launch of ${input.name} cannot be watched: ${JSON.stringify(update.errors)}`);
    }
    const { state, error } = update.data.operationChanged.operation;
    if (state === 'SUCCEEDED') {
      return { ms: performance.now() - began, service };
    }
    if (state === 'FAILED' || state === 'CANCELLED') {
      throw new Error(`the launch of ${input.name} ended as ${state}: ${JSON.stringify(error)}`);
    }
  }
  throw new Error(`the stream of ${input.name} ended before its launch`);
}

const began = performance.now();
const each = await Promise.all(inputs.map(launch));
console.log(JSON.stringify({ totalMs: performance.now() - began, each }));
await client.dispose();
