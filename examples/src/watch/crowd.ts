import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker, type Locker } from '@holdfast/core';

/** Services with something to do under locks, until they are disposed of. */
export class Crowd implements AsyncDisposable {
  readonly #url: string;
  readonly #ended = new AbortController();
  readonly #lockers: Locker[] = [];
  readonly #work: Promise<void>[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** A service that does one thing after the other: what stands in `turns`, again and again. */
  async join(
    owner: string,
    turn: (locker: Locker, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const locker = await createLocker({ url: this.#url, owner });
    this.#lockers.push(locker);
    this.#work.push(this.#repeat(locker, turn));
  }

  async #repeat(
    locker: Locker,
    turn: (locker: Locker, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { signal } = this.#ended;
    try {
      while (!signal.aborted) await turn(locker, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#work);
    await Promise.all(this.#lockers.map((locker) => locker.close()));
  }
}

/** Work of so many ms. */
export async function work(time: number, signal: AbortSignal): Promise<void> {
  await sleep(time, undefined, { signal });
}
