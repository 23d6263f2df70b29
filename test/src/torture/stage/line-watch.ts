import { setTimeout as elapse } from 'node:timers/promises';
import { now } from '../clock.js';
import type { Disturbance } from '../history/disturbance.js';
import type { Servers } from './servers.js';

const INTERVAL = 20;
/** An answer that takes longer shows that the server, or we, have too much to do; in ms. */
const SLOW = 100;

/**
 * Looks at the lines of some locks at the server, past every proxy: who was seen there stood in line
 * before whoever called later.
 */
export class LineWatch implements AsyncDisposable {
  /** When an owner token was first seen: the moment at which the answer was here. */
  readonly lined: Map<string, number> = new Map();
  readonly slowness: Disturbance[] = [];
  readonly #servers: Servers;
  readonly #locks: readonly string[];
  #stopped = false;
  #watching: Promise<void> | undefined;

  constructor(servers: Servers, locks: readonly string[]) {
    this.#servers = servers;
    this.#locks = locks;
  }

  start(): void {
    this.#watching ??= this.#watch();
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      const from = now();
      const lines = await Promise.all(this.#locks.flatMap((lock) => this.#lines(lock)));
      const seen = now();
      for (const member of lines.flat()) {
        const [owner = ''] = member.split(' ');
        if (!this.lined.has(owner)) this.lined.set(owner, seen);
      }
      const to = now();
      if (to - from > SLOW) {
        this.slowness.push({ kind: 'slow server', effect: 'apart', slot: 'all', from, to });
      }
      await elapse(INTERVAL);
    }
  }

  /** At each server that may have it. Where one is away, or has not got it, there is nothing to see. */
  #lines(lock: string): Promise<string[]>[] {
    const line = this.#servers.lineOf(lock);
    return this.#servers.observers.map((observer) =>
      observer.send('ZRANGE', line, '0', '-1').then(
        (members) => members as string[],
        () => [],
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#watching;
  }
}
