import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { startWorker, type WorkerProcess } from '@holdfast/support';
import type { Commands } from './blocks.js';

const PROGRAM = new URL('./blocks.js', import.meta.url);

/** For one block, and for the end of the process, in ms. */
const LIMIT = 60_000;

/**
 * Runs modules in one process, one after the other: in a process each, most of the time would go into the
 * packages that they load. After a failure the next one has a new process.
 */
export class OneProcess implements AsyncDisposable {
  readonly #url: string;
  #worker: WorkerProcess<Commands> | undefined;

  constructor(redisUrl: string) {
    this.#url = redisUrl;
  }

  /** Rejects if the module does not end well, within its time. */
  async run(path: string): Promise<void> {
    const worker = (this.#worker ??= await startWorker<Commands>(PROGRAM, [this.#url]));
    const timer = setTimeout(() => worker.kill(), LIMIT);
    try {
      await worker.request('run', pathToFileURL(path).href);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Rejects if the process does not end by itself, and well. */
  async end(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    await worker.request('end');
    const timer = setTimeout(() => worker.kill(), LIMIT);
    const ending = await worker.exited;
    clearTimeout(timer);
    assert.deepEqual(ending, { code: 0, signal: null });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.[Symbol.asyncDispose]();
    this.#worker = undefined;
  }
}
