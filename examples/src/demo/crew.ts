import type { Moment, Task } from './moments.js';

/** Somebody who takes locks: a process, or its stand-in where there is no Redis. */
export interface Actor extends AsyncDisposable {
  readonly who: string;
  /** Settles when the task is done; rejects if the actor is killed meanwhile. */
  work(task: Task): Promise<void>;
  /** Ends the actor in the middle of whatever it does; nothing is given back. */
  kill(): Promise<void>;
}

export type Start = (who: string) => Promise<Actor>;

export type Report = (moment: Moment) => void;

/** The actors of the demo; they leave together. */
export class Crew implements AsyncDisposable {
  readonly #start: Start;
  readonly #actors: Actor[] = [];

  constructor(start: Start) {
    this.#start = start;
  }

  /** Starts them side by side. */
  async assemble(names: readonly string[]): Promise<Actor[]> {
    const started = await Promise.allSettled(names.map((who) => this.#start(who)));
    for (const result of started)
      if (result.status === 'fulfilled') this.#actors.push(result.value);
    const failed = started.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return [...this.#actors];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor[Symbol.asyncDispose]()));
  }
}
