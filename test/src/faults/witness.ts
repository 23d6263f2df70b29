import { Worker } from 'node:worker_threads';
import { standStill } from '@holdfast/support';

/** What the thread of a witness is given. */
export interface Duty {
  readonly port: number;
  /** How often the server has answered. */
  readonly answers: Int32Array;
}

/**
 * Asks a server on a thread of its own, so that a thread that stands still can be certain that the
 * server did not: on a busy machine time alone says nothing about that.
 */
export class Witness implements AsyncDisposable {
  readonly #answers = new Int32Array(new SharedArrayBuffer(4));
  readonly #thread: Worker;

  /** `url`: of a server on this machine. */
  constructor(url: string) {
    const workerData: Duty = { port: Number(new URL(url).port), answers: this.#answers };
    this.#thread = new Worker(new URL('./witness-thread.js', import.meta.url), { workerData });
    this.#thread.unref();
  }

  /**
   * Holds up this thread for so long, in ms, and until the server has answered all that it was asked
   * before.
   */
  block(time: number): void {
    const end = performance.now() + time;
    // What was asked before may be read in the same turn as the first question, but not after the second.
    for (let question = 0; question < 2; question += 1) {
      const seen = Atomics.load(this.#answers, 0);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.#thread.postMessage('ask');
      Atomics.wait(this.#answers, 0, seen);
    }
    const rest = end - performance.now();
    if (rest > 0) standStill(rest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate();
  }
}
