// The cluster as an administrator sees it, past the server that is tested.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { places } from './places.ts';

export type Meta = {
  name: string;
  uid: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};
export type KubeObject = { kind: string; metadata: Meta; data?: Record<string, string>; [key: string]: unknown };

const run = promisify(execFile);

export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run(places.kubectl(), ['--kubeconfig', places.adminKubeconfig(), ...args], {
    maxBuffer: 64 << 20,
  });
  return stdout;
}

/** Objects of some kinds (`pods,events`) in a namespace, as the API server's text. */
export async function objectsAsText(namespace: string, kinds: string): Promise<string> {
  return kubectl('get', kinds, '--namespace', namespace, '--output', 'json');
}

export async function objects(namespace: string, kinds: string): Promise<KubeObject[]> {
  return (JSON.parse(await objectsAsText(namespace, kinds)) as { items: KubeObject[] }).items;
}

const HOLD = 'held-by-a-test';

/** Lets no new pod into a namespace, so that whatever is launched there waits at a known place. */
export async function hold(namespace: string): Promise<void> {
  await kubectl('create', 'quota', HOLD, '--hard=pods=0', '--namespace', namespace);
  // Before its controller has written down what it allows, the API server does not keep it.
  const kept = '--for=jsonpath={.status.hard.pods}=0';
  await kubectl('wait', `quota/${HOLD}`, kept, '--timeout=60s', '--namespace', namespace);
}

export async function letGo(namespace: string): Promise<void> {
  await kubectl('delete', 'quota', HOLD, '--namespace', namespace);
}

/** Keeps a workspace's quota away, however often the server makes it anew, for as long as something takes. */
export async function withoutQuota<T>(namespace: string, run: () => Promise<T>): Promise<T> {
  const proxy = spawn(places.kubectl(), ['--kubeconfig', places.adminKubeconfig(), 'proxy', '--port=0']);
  const [said] = (await once(proxy.stdout, 'data')) as [Buffer];
  const quota = `http://${/127\.0\.0\.1:\d+/.exec(said.toString())}/api/v1/namespaces/${namespace}/resourcequotas/woow-quota`;
  let on = true;
  const keeping = (async () => {
    while (on) {
      // Gone already is as good.
      await fetch(quota, { method: 'DELETE' });
      await pause(20);
    }
  })();
  // Told where it is awaited, below.
  keeping.catch(() => {});
  try {
    return await run();
  } finally {
    on = false;
    await keeping;
    proxy.kill();
  }
}

let logFile: string | undefined;

/** The file that answers for the log of every container. It is looked for once: while it is rotated, it is not there. */
function currentLog(): string {
  logFile ??= places.logFile();
  return logFile;
}

/** Writes lines into the log of every container of the sandbox, in the form of CRI. */
export async function log(...texts: string[]): Promise<void> {
  await write(currentLog(), texts);
}

/** The same into what every container wrote before it was started again. */
export async function logBefore(...texts: string[]): Promise<void> {
  await write(path.join(path.dirname(currentLog()), 'previous.log'), texts);
}

async function write(file: string, texts: string[]): Promise<void> {
  const at = new Date().toISOString().replace('Z', '000000Z');
  await appendFile(file, texts.map((text) => `${at} stdout F ${text}\n`).join(''));
}
