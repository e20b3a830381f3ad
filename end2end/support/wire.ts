// A wire between browser and server that can be cut without a word, as a sleeping machine's is.

import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

type Pair = { browser: Socket; server: Socket; webSocket: boolean; dead: boolean };

export class Wire {
  readonly #pairs = new Set<Pair>();
  #server = createServer((socket) => this.#take(socket));
  #cut = false;
  #target = 0;

  /** Begins to listen at a port of its own. */
  static async open(): Promise<Wire> {
    const wire = new Wire();
    await once(wire.#server.listen(0, '127.0.0.1'), 'listening');
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Says where the server is. */
  lead(port: number): void {
    this.#target = port;
  }

  /** From now on nothing comes through, in either direction, and nobody is told. */
  cut(): void {
    this.#cut = true;
    for (const pair of this.#pairs) {
      pair.dead = true;
    }
  }

  /** New connections come through again. WebSockets that were cut stay silent; browsers do close other connections when they wake. */
  heal(): void {
    this.#cut = false;
    for (const pair of this.#pairs) {
      if (pair.dead && !pair.webSocket) {
        pair.browser.destroy();
      }
    }
  }

  async close(): Promise<void> {
    for (const { browser, server } of this.#pairs) {
      browser.destroy();
      server.destroy();
    }
    const closed = once(this.#server, 'close');
    (this.#server as Server).close();
    await closed;
  }

  #take(browser: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    const pair: Pair = { browser, server, webSocket: false, dead: this.#cut };
    this.#pairs.add(pair);
    browser.on('data', (chunk) => {
      pair.webSocket ||= /^upgrade: websocket/im.test(chunk.toString('latin1'));
      if (!pair.dead) {
        server.write(chunk);
      }
    });
    server.on('data', (chunk) => {
      if (!pair.dead) {
        browser.write(chunk);
      }
    });
    const end = (other: Socket) => () => {
      if (!pair.dead) {
        this.#pairs.delete(pair);
        other.destroy();
      }
    };
    browser.on('close', end(server)).on('error', end(server));
    server.on('close', end(browser)).on('error', end(browser));
  }
}
