import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import { startWorker, type WorkerProcess } from '@holdfast/support';
import { now } from '../clock.js';
import type { Where } from './servers.js';
import type { Settings, WorkerCommands, WorkerEvents } from '../worker/settings.js';

type Process = WorkerProcess<WorkerCommands, WorkerEvents>;

/** What all of the crew are started with. */
export type CrewSettings = Pick<Settings, 'seed' | 'register' | 'commandTimeout' | 'grace'> & {
  readonly folder: string;
  /** By place: where the locks are. */
  readonly places: readonly Where[];
};

interface Member {
  readonly worker: string;
  readonly slot: number;
  readonly journal: string;
  readonly process: Process;
}

/** In ms: for what is under way to come to its end, and for a process to end by itself. */
const FINISHING = 45_000;
const EXITING = 5_000;

/** The worker processes: one in each slot, replaced when it is gone. */
export class Crew implements AsyncDisposable {
  /** All that there ever were. */
  readonly members: Member[] = [];
  /** When which of them was sent a SIGKILL, taken before that. */
  readonly deaths: Map<string, number> = new Map();
  /** What was left of those that ended in good order. */
  readonly remains: string[] = [];
  readonly #settings: CrewSettings;
  readonly #current: Member[] = [];

  private constructor(settings: CrewSettings) {
    this.#settings = settings;
  }

  static async start(settings: CrewSettings): Promise<Crew> {
    const crew = new Crew(settings);
    await Promise.all(settings.places.map((_, slot) => crew.#hire(slot)));
    return crew;
  }

  at(slot: number): Process {
    return this.#member(slot).process;
  }

  /** SIGKILL, and another one in its place. */
  async kill(slot: number): Promise<void> {
    const { worker, process } = this.#member(slot);
    this.deaths.set(worker, now());
    process.kill();
    await process.exited;
    await this.#hire(slot);
  }

  /** Asks one to leave in the middle of everything, and puts another one in its place. */
  async dismiss(slot: number): Promise<void> {
    await this.#finish(this.#member(slot), 'at once');
    await this.#hire(slot);
  }

  /** Lets everybody come to the end of what is under way, and leave. */
  async finish(): Promise<void> {
    await Promise.all(this.#current.map((member) => this.#finish(member, 'in peace')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map(({ process }) => process[Symbol.asyncDispose]()));
  }

  async #hire(slot: number): Promise<void> {
    const { seed, folder, places, register, commandTimeout, grace } = this.#settings;
    const generation = this.members.filter((member) => member.slot === slot).length;
    const worker = `w${slot}.${generation}`;
    const journal = join(folder, `${worker}.jsonl`);
    const settings: Settings = {
      worker,
      slot,
      journal,
      register,
      commandTimeout,
      grace,
      seed: seed + generation,
      where: places[slot] as Where,
    };
    const module = new URL('../worker/worker.js', import.meta.url);
    const process: Process = await startWorker(module, [JSON.stringify(settings)]);
    const member = { worker, slot, journal, process };
    this.members.push(member);
    this.#current[slot] = member;
    void this.#passOn(member);
  }

  /** What one hands over, its neighbour adopts. */
  async #passOn({ process, slot }: Member): Promise<void> {
    for (;;) {
      const offer = await process.event('offer').catch(() => undefined);
      if (offer === undefined) return;
      // Whoever is not there lets it run out.
      const neighbour = this.#current[(slot + 1) % this.#current.length];
      void neighbour?.process.request('adopt', offer).catch(() => {});
    }
  }

  async #finish({ worker, process }: Member, how: 'in peace' | 'at once'): Promise<void> {
    const remains = await atMost(FINISHING, process.request('finish', how));
    if (remains === undefined) {
      this.remains.push(`${worker} did not come to an end.`);
    } else {
      this.remains.push(...remains.map((resource) => `${worker} still had ${resource}.`));
      const ending = await atMost(EXITING, process.exited);
      if (ending === undefined) this.remains.push(`The process ${worker} was still there.`);
      else if (ending.code !== 0) this.remains.push(`${worker} ended with ${ending.code}.`);
    }
    // Does nothing to one that has ended.
    await process[Symbol.asyncDispose]();
  }

  #member(slot: number): Member {
    const member = this.#current[slot];
    if (member === undefined) throw new Error(`There is no slot ${slot}.`);
    return member;
  }
}

/** Undefined if it takes longer. */
async function atMost<T>(time: number, work: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  const over = elapse(time, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, over]);
  } finally {
    timer.abort();
  }
}
