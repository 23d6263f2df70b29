import { realTime } from './real-time.js';

/**
 * Keeps the process alive exactly while a caller awaits something. Sockets and timers of a locker
 * never do: a script that has nothing left to do ends, with or without `close()`.
 */
export class KeepAlive {
  #pending = 0;
  #anchor: NodeJS.Timeout | undefined;
  #closed = false;

  enter(): void {
    this.#pending += 1;
    if (this.#pending > 1) return;
    this.#anchor ??= realTime.setInterval(() => {}, 2 ** 31 - 1);
    this.#anchor.ref();
  }

  leave(): void {
    this.#pending -= 1;
    if (this.#pending > 0) return;
    if (this.#closed) this.#drop();
    else this.#anchor?.unref();
  }

  async during<T>(work: Promise<T>): Promise<T> {
    this.enter();
    try {
      return await work;
    } finally {
      this.leave();
    }
  }

  /** Leaves no timer behind, not even after a call that comes later. */
  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    realTime.clearInterval(this.#anchor);
    this.#anchor = undefined;
  }
}
