import { setTimeout as elapse } from 'node:timers/promises';
import type { Observer } from '../../faults/observer.js';
import { now } from '../clock.js';
import type { Disturbance } from '../history/disturbance.js';

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
  /** At the server that is the master when it is called. */
  readonly #observer: () => Observer;
  readonly #locks: readonly string[];
  #stopped = false;
  #watching: Promise<void> | undefined;

  constructor(observer: () => Observer, locks: readonly string[]) {
    this.#observer = observer;
    this.#locks = locks;
  }

  start(): void {
    this.#watching ??= this.#watch();
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      const from = now();
      const observer = this.#observer();
      try {
        const lines = await Promise.all(
          this.#locks.map((lock) =>
            observer.send('ZRANGE', `holdfast:queue:lock:${lock}`, '0', '-1'),
          ),
        );
        const to = now();
        for (const member of lines.flat() as string[]) {
          const [owner = ''] = member.split(' ');
          if (!this.lined.has(owner)) this.lined.set(owner, to);
        }
      } catch {
        // The server is away.
      }
      const to = now();
      if (to - from > SLOW) {
        this.slowness.push({ kind: 'slow server', effect: 'apart', slot: 'all', from, to });
      }
      await elapse(INTERVAL);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#watching;
  }
}
