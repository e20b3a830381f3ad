// A server of our own: a free port, a fresh data folder, the sandbox's cluster.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Api, makeToken } from './api.ts';
import { kubectl } from './cluster.ts';
import { places } from './places.ts';

const run = promisify(execFile);
const READY_WITHIN = 30_000;
const GONE_WITHIN = 15_000;

export class Installation {
  readonly email = 'admin@woow.local';
  mustChange = true;
  #api: Promise<Api> | undefined;
  #process: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    readonly port: number,
    readonly dataDir: string,
    readonly logFile: string,
    public password: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Makes one, and waits until it is ready. What browsers are told may be the port of something in front of it. */
  static async start(name: string, more: Record<string, string> = {}, publicPort?: number): Promise<Installation> {
    const dataDir = await mkdtemp(path.join(tmpdir(), `woow-${name}-`));
    const port = await freePort();
    const url = `http://localhost:${publicPort ?? port}`;
    await mkdir(places.results, { recursive: true });
    const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('WOOW_'));
    const env = {
      ...(Object.fromEntries(inherited) as Record<string, string>),
      WOOW_DATA_DIR: dataDir,
      WOOW_LISTEN: `127.0.0.1:${port}`,
      WOOW_PUBLIC_URL: url,
      WOOW_SANDBOX: 'true',
      WOOW_KUBECONFIG: places.kubeconfig(),
      WOOW_HELM: places.helm(),
      WOOW_CATALOG_DIR: places.catalog(),
      WOOW_APPS_DOMAIN: 'apps.localhost',
      ...more,
    };
    const once = async (...args: string[]) => (await run(places.server(), args, { env, cwd: dataDir })).stdout;
    await once('migrate', 'up');
    const who = ['--email', 'admin@woow.local', '--name', 'Admin', '--role', 'admin', '--must-change'];
    const { password } = JSON.parse(await once('admin', 'create', ...who)) as { password: string };
    const logFile = path.join(places.results, `server-${name}.log`);
    const made = new Installation(url, port, dataDir, logFile, password, env);
    try {
      await made.#serve();
    } catch (error) {
      await made.stop();
      throw error;
    }
    return made;
  }

  async #serve(): Promise<void> {
    const child = spawn(places.server(), ['serve'], { env: this.env, cwd: this.dataDir, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    // Whatever ends the tests ends the server too.
    process.once('exit', () => child.kill('SIGKILL'));
    const until = Date.now() + READY_WITHIN;
    while (!(await answers(`http://localhost:${this.port}/readyz`))) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the server ended with ${child.exitCode}:\n${await readFile(this.logFile, 'utf8')}`);
      }
      if (Date.now() > until) {
        throw new Error(`the server is not ready after ${READY_WITHIN} ms:\n${await readFile(this.logFile, 'utf8')}`);
      }
      await pause(50);
    }
  }

  /** The server's process. */
  get pid(): number {
    return this.#process?.pid ?? Number.NaN;
  }

  /** Ends the server as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  }

  /** Starts the server again, on the same data and at the same address. */
  async startAgain(): Promise<void> {
    await this.#serve();
  }

  /** Makes a person of this role in the platform, who has no password to change. */
  async person(email: string, name: string, role: string, password: string): Promise<void> {
    const args = ['admin', 'create', '--email', email, '--name', name, '--role', role, '--password-stdin'];
    const child = execFile(places.server(), args, { env: this.env, cwd: this.dataDir });
    child.stdin?.end(password);
    const [code] = await once(child, 'exit');
    if (code !== 0) {
      throw new Error(`a person could not be made: exit code ${code}`);
    }
  }

  changedTo(password: string): void {
    this.password = password;
    this.mustChange = false;
  }

  /** The API as its admin, with a token that is made at the first use. */
  api(): Promise<Api> {
    this.#api ??= makeToken(this).then((token) => new Api(this.url, token));
    return this.#api;
  }

  async stop(): Promise<void> {
    await this.#removeNamespaces();
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), GONE_WITHIN);
      await gone;
      clearTimeout(late);
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** A sandbox that outlives the tests shall not fill up. */
  async #removeNamespaces(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null || this.mustChange) {
      return;
    }
    const api = await this.api();
    const found = await api.ask<{ workspaces: { nodes: { namespace: string }[] } }>(
      'query Namespaces { workspaces(first: 100) { nodes { namespace } } }',
    );
    const names = found.workspaces.nodes.map((workspace) => workspace.namespace);
    if (names.length > 0) {
      await kubectl('delete', 'namespace', '--ignore-not-found', '--wait=false', ...names);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status === 200;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (!address || typeof address === 'string') {
    throw new Error('no free port');
  }
  return address.port;
}
