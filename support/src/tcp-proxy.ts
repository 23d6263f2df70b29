import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { forward, type Weather } from './forward.js';
import { Gate } from './gate.js';
import { onFreePort } from './port.js';

// Our own, because no kept-up npm package does this without a server program beside it (as
// Toxiproxy's client needs).

/** `up` is from the client to the server, `down` is back. */
export type Direction = 'up' | 'down';

export interface ProxyOptions {
  readonly host?: string;
  readonly port: number;
}

type Rewrite = (chunk: Buffer, direction: Direction) => Buffer;

/** One connection through the proxy: its two sides, and whether what is said on it is still heard. */
interface Passage {
  readonly client: Socket;
  readonly upstream: Socket;
  forgotten: boolean;
}

/** Starts a proxy before a server, to break the network between it and its clients. */
export async function startProxy(options: ProxyOptions): Promise<TcpProxy> {
  return onFreePort(async (port) => {
    const proxy = new TcpProxy(options.host ?? '127.0.0.1', options.port, port);
    await proxy.listen();
    return proxy;
  });
}

/** A TCP proxy whose faults are switched on one by one, and all off by `heal`. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  #target: { readonly host: string; readonly port: number };
  readonly #passages = new Set<Passage>();
  readonly #sockets = new Set<Socket>();
  readonly #gates: Readonly<Record<Direction, Gate>> = { up: new Gate(), down: new Gate() };
  #server: Server | undefined;
  #delay = 0;
  #rewrite: Rewrite | undefined;

  /** @internal */
  constructor(host: string, targetPort: number, port: number) {
    this.#target = { host, port: targetPort };
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#passages.size;
  }

  /** Resets every connection. New ones are welcome. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Forwards nothing any more, in one direction or both, and keeps the connections open. */
  hang(direction?: Direction): void {
    if (direction !== 'down') this.#gates.up.shut();
    if (direction !== 'up') this.#gates.down.shut();
  }

  /**
   * What is said on the connections that are there is lost from now on, and neither side is told, as
   * by a NAT that forgot them. New ones are welcome.
   */
  swallow(): void {
    for (const passage of this.#passages) passage.forgotten = true;
  }

  /** As `swallow`, but the server is told that they are closed: only the clients think them open. */
  abandon(): void {
    this.swallow();
    for (const { upstream } of this.#passages) upstream.resetAndDestroy();
  }

  /** New connections are refused; those that are there stay. */
  refuse(): void {
    // It stops listening at once, and closes for good when the last connection does.
    this.#server?.close();
    this.#server = undefined;
  }

  /**
   * New connections lead to another port of the same host; those that are there stay where they are,
   * as when an address is moved in a planned failover. `heal` does not undo it.
   */
  lead(port: number): void {
    this.#target = { ...this.#target, port };
  }

  /** Everything arrives this many milliseconds later, in each direction. */
  delay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Passes every chunk through a function, which may change it or make it empty. */
  rewrite(rewrite: Rewrite): void {
    this.#rewrite = rewrite;
  }

  /** Ends every fault. What was held back while the proxy hung now arrives; what was lost is lost. */
  async heal(): Promise<void> {
    this.#delay = 0;
    this.#rewrite = undefined;
    this.#gates.up.open();
    this.#gates.down.open();
    if (this.#server === undefined) await this.listen();
  }

  /** @internal */
  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      this.#join(client);
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
  }

  #join(client: Socket): void {
    const upstream = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const passage: Passage = { client, upstream, forgotten: false };
    this.#passages.add(passage);
    client.once('close', () => this.#passages.delete(passage));
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
    forward(client, upstream, () => this.#weather('up', passage));
    forward(upstream, client, () => this.#weather('down', passage));
  }

  #weather(direction: Direction, { forgotten }: Passage): Weather {
    const rewrite = this.#rewrite;
    return {
      forgotten,
      delay: this.#delay,
      gate: this.#gates[direction],
      rewrite: rewrite === undefined ? undefined : (chunk) => rewrite(chunk, direction),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.refuse();
    this.cut();
    this.#gates.up.open();
    this.#gates.down.open();
  }
}
