import type { Grace } from '../../../packages/core/dist/store/grace.js';
import type { Operation, Outcomes } from '../../../packages/core/dist/store/port.js';
import type { Channels, Keyspace } from '../../../packages/core/dist/memory/keyspace.js';
import type { Specimen } from './specimen.js';

/** One operation that was applied, under which reign, and who listened then. */
export interface Event {
  readonly reign: string;
  readonly operation: Operation;
  readonly now: number;
  readonly listening: ReadonlySet<string>;
  /** What there was afterwards. */
  readonly data: string;
}

/**
 * Who reigns, with which data. A server that loses its data is one that has lived through a part of what
 * happened, and comes up as another; one that was demoted, and is promoted again, is the first server in
 * another reign, with what it had.
 */
export class Reigns {
  readonly #specimen: Specimen;
  readonly #channels: Channels;
  readonly #grace: Grace | undefined;
  readonly #describe: (keyspace: Keyspace) => string;
  #keyspace: Keyspace;
  #life: Event[] = [];
  #reign = '1';
  /** All was lost, and with it the epoch in which the world began. */
  #flushed = false;
  /** What the first server had when another one took its place. */
  #former: readonly Event[] | undefined;
  #servers = 1;
  #losses = 0;
  #before = '';

  constructor(
    specimen: Specimen,
    channels: Channels,
    grace: Grace | undefined,
    describe: (keyspace: Keyspace) => string,
    life: readonly Event[] = [],
  ) {
    this.#specimen = specimen;
    this.#channels = channels;
    this.#grace = grace;
    this.#describe = describe;
    this.#keyspace = this.#live([]);
    this.#before = describe(this.#keyspace);
    if (life.length === 0) return;
    this.#keyspace = this.#live(life);
    this.#life = [...life];
  }

  /** All that happened, for one who has lived through the same. */
  get life(): readonly Event[] {
    return this.#life;
  }

  get keyspace(): Keyspace {
    return this.#keyspace;
  }

  get losses(): number {
    return this.#losses;
  }

  apply(
    operation: Operation,
    now: number,
    listening: ReadonlySet<string>,
  ): Outcomes[Operation['kind']] {
    const outcome = this.#keyspace.apply(operation, now, this.#grace);
    const data = this.#describe(this.#keyspace);
    this.#life.push({ reign: this.#reign, operation, now, listening, data });
    return outcome;
  }

  /** How much of what happened may be kept, in operations: one number for each state that it would leave. */
  get remainders(): readonly number[] {
    const seen = new Set<string>();
    const kept: number[] = [];
    for (let count = this.#life.length; count >= 0; count -= 1) {
      const data = this.#life[count - 1]?.data ?? this.#before;
      if (!seen.has(data)) kept.push(count);
      seen.add(data);
    }
    return kept;
  }

  /** Whether the first server may come back. */
  get mayReturn(): boolean {
    return this.#former !== undefined;
  }

  /** Another server, or the same one after a restart, with what happened first. */
  restart(kept: number): void {
    this.#former ??= this.#life;
    this.#servers += 1;
    this.#replace(this.#life.slice(0, kept), String(this.#servers));
  }

  /** The first server is promoted again. */
  return(): void {
    this.#replace(this.#former ?? [], '1:again');
    this.#former = undefined;
  }

  /** All is gone, and the server goes on. */
  flush(): void {
    this.#keyspace.loseData();
    this.#life = [];
    this.#flushed = true;
    this.#before = this.#describe(this.#keyspace);
    this.#losses += 1;
  }

  /** All that later losses depend on. */
  get past(): string {
    const data = this.#life.map((event) => event.data);
    return [...new Set(data), '/', ...(this.#former ?? []).map((event) => event.data)].join('~');
  }

  #replace(life: readonly Event[], reign: string): void {
    this.#losses += 1;
    this.#reign = reign;
    this.#keyspace = this.#live(life);
    this.#life = [...life];
  }

  /** Lives through it anew, as whoever reigned then; nobody is told again. */
  #live(life: readonly Event[]): Keyspace {
    const epochs = new this.#specimen.Epochs();
    let listening: ReadonlySet<string> | undefined;
    const keyspace = new this.#specimen.Keyspace(
      {
        listens: (lockerId) => listening?.has(lockerId) ?? this.#channels.listens(lockerId),
        publish: (grant) => {
          if (listening === undefined) this.#channels.publish(grant);
        },
        // Whoever is not told learns it by a renewal.
        revoke: () => {},
      },
      epochs,
    );
    // The world begins in an epoch that is not new.
    if (this.#grace !== undefined && !this.#flushed) epochs.at(this.#grace, -10 * this.#grace.time);
    for (const event of life) {
      ({ listening, reign: epochs.reign } = event);
      keyspace.apply(event.operation, event.now, this.#grace);
    }
    listening = undefined;
    epochs.reign = this.#reign;
    return keyspace;
  }
}
