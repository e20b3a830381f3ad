// The client of graphql-ws against a server: node sockets.mjs ws://127.0.0.1:8080/graphql
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.argv[2];
const open = (options = {}) => createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
const all = async (client, query) => {
  const items = [];
  for await (const item of client.iterate({ query })) items.push(item);
  return items;
};

let client = open({ connectionParams: { authorization: 'Bearer good' } });
assert.deepEqual(await all(client, '{ who }'), [{ data: { who: 'token' } }]);
assert.deepEqual(await all(client, 'mutation { change }'), [{ data: { change: true } }]);
assert.deepEqual((await all(client, 'subscription { count(to: 3) }')).map((item) => item.data.count), [0, 1, 2]);

// Many at once on one socket.
const many = await Promise.all(Array.from({ length: 20 }, () => all(client, 'subscription { count(to: 50) }')));
assert(many.every((items) => items.length === 50));

// Leaving a stream leaves the socket usable.
for await (const item of client.iterate({ query: 'subscription { count }' })) if (item.data.count > 10) break;
assert.deepEqual(await all(client, '{ hello }'), [{ data: { hello: 'world' } }]);

// Errors arrive as errors of their operation.
const errors = await all(client, '{ nothing }').then(assert.fail, (error) => error);
assert.equal(errors[0].extensions.code, 'BAD_REQUEST');
await client.dispose();

const refused = await all(open({ connectionParams: { authorization: 'Bearer bad' } }), '{ who }').then(assert.fail, (e) => e);
assert.equal(refused.code, 4403);
console.log('graphql-ws is content');
process.exit(0);
