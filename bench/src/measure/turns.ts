import type { Entry } from '../contestants/roster.js';
import { Crew } from './crew.js';
import type { Standing } from './standing.js';

export interface Contest<T> {
  readonly url: string;
  readonly entries: readonly Entry[];
  readonly rounds: number;
  /** Processes of each contestant. */
  readonly processes: number;
  /** Whether each turn gets processes that did nothing before. */
  readonly fresh?: boolean;
  /** For a turn, in ms. Who takes longer is out. */
  readonly limit: number;
  readonly warmUp?: (crew: Crew, entry: Entry) => Promise<unknown>;
  readonly turn: (crew: Crew, entry: Entry, round: number) => Promise<T>;
}

/**
 * Lets contestants take turns, in rounds, so that whatever slows the machine down slows all of them.
 * Who fails is out of it, and says why.
 */
export async function takeTurns<T>(contest: Contest<T>): Promise<Standing<T[]>[]> {
  const { entries, rounds } = contest;
  const seats = entries.map((entry) => new Seat(entry, contest));
  try {
    for (let round = 0; round < rounds; round += 1) {
      // Nobody comes first, or right after the same other one, every time.
      const shift = round % seats.length;
      const order = [...seats.slice(shift), ...seats.slice(0, shift)];
      for (const seat of round % 2 === 0 ? order : order.toReversed()) await seat.take(round);
    }
  } finally {
    await Promise.all(seats.map((seat) => seat.leave()));
  }
  return seats.map((seat) => seat.standing);
}

class Seat<T> {
  readonly #entry: Entry;
  readonly #contest: Contest<T>;
  readonly #results: T[] = [];
  #crew: Crew | undefined;
  #failure: string | undefined;

  constructor(entry: Entry, contest: Contest<T>) {
    this.#entry = entry;
    this.#contest = contest;
  }

  get standing(): Standing<T[]> {
    const contestant = this.#entry.name;
    return this.#failure === undefined
      ? { kind: 'measured', contestant, figures: this.#results }
      : { kind: 'failed', contestant, reason: this.#failure };
  }

  async take(round: number): Promise<void> {
    if (this.#failure !== undefined) return;
    const { fresh, limit, turn } = this.#contest;
    try {
      this.#crew ??= await this.#start();
      const crew = this.#crew;
      crew.resume();
      const result = turn(crew, this.#entry, round);
      this.#results.push(await within(limit, Promise.race([result, crew.failure])));
      if (fresh === true) await this.leave();
      else crew.pause();
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      // Whatever it still does would disturb the others.
      await this.leave();
    }
  }

  async #start(): Promise<Crew> {
    const { url, processes, warmUp, limit } = this.#contest;
    const crew = await within(limit, Crew.start(this.#entry, url, processes));
    try {
      if (warmUp !== undefined) {
        await within(limit, Promise.race([warmUp(crew, this.#entry), crew.failure]));
      }
    } catch (error) {
      await crew[Symbol.asyncDispose]();
      throw error;
    }
    return crew;
  }

  async leave(): Promise<void> {
    const crew = this.#crew;
    this.#crew = undefined;
    await crew?.[Symbol.asyncDispose]();
  }
}

async function within<T>(limit: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`not done after ${limit / 1_000} s`);
    timer = setTimeout(() => reject(error), limit);
  });
  // Its own failure, when it comes too late, is nobody's.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
