import { startWorker, type WorkerProcess } from '@holdfast/support';
import type { Entry } from '../contestants/roster.js';
import type { Commands, Told } from '../workers/main.js';

export type Worker = WorkerProcess<Commands, Told>;

const MODULE = new URL('../workers/main.js', import.meta.url);

/** The processes of one contestant. */
export class Crew implements AsyncDisposable {
  readonly workers: readonly Worker[];
  /** Rejects when something goes wrong that no request reports. */
  readonly failure: Promise<never>;

  private constructor(workers: readonly Worker[]) {
    this.workers = workers;
    this.failure = Promise.race(
      workers.map(async (worker) => {
        throw new Error(await worker.event('failed'));
      }),
    );
    this.failure.catch(() => {});
  }

  static async start(entry: Entry, url: string, size: number): Promise<Crew> {
    const starting = Array.from({ length: size }, () =>
      startWorker<Commands, Told>(MODULE, [entry.name, url]),
    );
    const started = await Promise.allSettled(starting);
    const crew = new Crew(
      started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    );
    const failed = started.find((outcome) => outcome.status === 'rejected');
    if (failed === undefined) return crew;
    await crew[Symbol.asyncDispose]();
    throw failed.reason;
  }

  /** For a crew of one. */
  get worker(): Worker {
    return this.member(0);
  }

  /** They are numbered in a circle. */
  member(place: number): Worker {
    const worker = this.workers[place % this.workers.length];
    if (worker === undefined) throw new Error('This crew is empty.');
    return worker;
  }

  /**
   * While others are measured: collectors and timers of an idle process take a core now and then,
   * and throw away code that it will need again.
   */
  pause(): void {
    for (const worker of this.workers) worker.pause();
  }

  resume(): void {
    for (const worker of this.workers) worker.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker[Symbol.asyncDispose]()));
  }
}
