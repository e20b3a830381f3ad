// Follows one container's log with many sockets at once, and counts what arrives at each.
//
// On standard input: { url, token, log: ServiceLogsInput, followers, lines, mark, patienceMs }. A line that counts is
// `<mark> <number> <milliseconds since 1970>`. Says `following` when every follower has had its first batch, and at the
// end one line of JSON.

import { text } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { url, token, log, followers, lines, mark, patienceMs } = JSON.parse(await text(process.stdin));
const FOLLOW = 'subscription($input: ServiceLogsInput!) { serviceLogs(input: $input) { dropped gap state lines { text } } }';

const delays = [];
const result = { complete: 0, arrived: 0, dropped: 0, gaps: 0, outOfOrder: 0 };

function follow() {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  const first = deferred();
  const all = deferred();
  let last = 0;
  const take = (batch) => {
    result.dropped += batch.dropped;
    result.gaps += batch.gap ? 1 : 0;
    for (const line of batch.lines) {
      const [tag, number, at] = line.text.split(' ');
      if (tag === mark) {
        result.arrived += 1;
        result.outOfOrder += Number(number) === last + 1 ? 0 : 1;
        last = Number(number);
        delays.push(Date.now() - Number(at));
        if (last === lines) {
          result.complete += 1;
          all.resolve();
        }
      }
    }
    if (batch.state === 'FOLLOWING') {
      first.resolve();
    }
  };
  const fail = (why) => [first, all].forEach((one) => one.reject(new Error(`a follower's stream broke: ${JSON.stringify(why)}`)));
  client.subscribe(
    { query: FOLLOW, variables: { input: log } },
    {
      next: ({ data, errors }) => (errors ? fail(errors) : take(data.serviceLogs)),
      error: (why) => fail(why instanceof Error ? why.message : (why.reason ?? why)),
      complete: () => all.resolve(),
    },
  );
  return { first: first.promise, all: all.promise, client };
}

/** A promise and what settles it; Node 20 has no `Promise.withResolvers`. */
function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

const open = [];
while (open.length < followers) {
  // Not all in one moment: what is measured is following, not a rush to the door.
  const some = Array.from({ length: Math.min(50, followers - open.length) }, follow);
  await Promise.all(some.map((one) => one.first));
  open.push(...some);
}
console.log('following');
const late = setTimeout(() => end(), patienceMs);
await Promise.all(open.map((one) => one.all));
clearTimeout(late);
end();

function end() {
  delays.sort((a, b) => a - b);
  const at = (share) => delays[Math.max(0, Math.ceil(share * delays.length) - 1)] ?? null;
  console.log(JSON.stringify({ ...result, medianMs: at(0.5), p99Ms: at(0.99) }));
  process.exit(0);
}
