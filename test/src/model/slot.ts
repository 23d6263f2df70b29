import type { Channels, Keyspace } from '../../../packages/core/dist/memory/keyspace.js';
import type { Operation } from '../../../packages/core/dist/store/port.js';
import type { Specimen } from './specimen.js';

/**
 * How the way of a slot can be got wrong, where the code of the engine and the rules of the store have no say.
 *
 * - `asks for all`: while the slot is on its way, not only renewals go to the node that has the lock already.
 * - `new clock`: what the clock of the slot has come to is not taken along.
 * - `silent move`: nobody is told that its channel is of no use any more.
 */
export type Carelessness = 'asks for all' | 'new clock' | 'silent move';

/** What there is at one master, opened to view. */
interface Opened {
  readonly $data: {
    readonly $leases: Map<string, unknown>;
    readonly $rooms: Map<string, unknown>;
    readonly $queues: Map<string, unknown>;
    $clock: number;
  };
}

type Part = readonly [kind: '$leases' | '$rooms' | '$queues' | '$clock', key: string];

/**
 * All locks of a world, which are in one slot of a cluster, at one of two masters; or on the way from one to
 * the other, key by key.
 */
export class Slot {
  readonly spaces: readonly [Keyspace, Keyspace];
  readonly #careless: Carelessness | undefined;
  #owner: 0 | 1 = 0;
  #moving = false;

  /** `channels`: those at each of the masters. */
  constructor(
    specimen: Specimen,
    channels: readonly [Channels, Channels],
    careless: Carelessness | undefined,
  ) {
    const [one, other] = channels;
    this.spaces = [
      new specimen.Keyspace(one, new specimen.Epochs()),
      new specimen.Keyspace(other, new specimen.Epochs()),
    ];
    this.#careless = careless;
  }

  get owner(): 0 | 1 {
    return this.#owner;
  }

  get moving(): boolean {
    return this.#moving;
  }

  get tellsNobody(): boolean {
    return this.#careless === 'silent move';
  }

  begin(): void {
    this.#moving = true;
  }

  /** What has not gone yet. */
  get parts(): readonly Part[] {
    const { $data } = this.#at(this.#owner);
    const maps = (['$leases', '$rooms', '$queues'] as const).flatMap((kind) =>
      Array.from($data[kind].keys(), (key): Part => [kind, key]),
    );
    return $data.$clock > 0 ? [...maps, ['$clock', '']] : maps;
  }

  /** One key goes over. */
  take(place: number): void {
    const [kind, key] = this.parts[place] as Part;
    const [from, to] = [this.#at(this.#owner).$data, this.#at(this.#target).$data];
    if (kind === '$clock') {
      if (this.#careless !== 'new clock') to.$clock = from.$clock;
      from.$clock = 0;
    } else {
      to[kind].set(key, from[kind].get(key));
      from[kind].delete(key);
    }
  }

  /** All has arrived: the other one serves it from now on. */
  finish(): void {
    this.#owner = this.#target;
    this.#moving = false;
  }

  /**
   * Who applies an operation. Undefined: it is refused, since what it needs is not all in one place. Of a
   * renewal the lock is the only key: who has it answers.
   */
  spaceFor({ kind, key, ...rest }: Operation): Keyspace | undefined {
    if (!this.#moving) return this.spaces[this.#owner];
    const isAlone = kind === 'renew' && (rest as { readonly room?: unknown }).room === undefined;
    const isHere = this.#at(this.#owner).$data.$leases.has(key);
    if (!isAlone && (isHere || this.#careless !== 'asks for all')) return undefined;
    return this.spaces[isHere ? this.#owner : this.#target];
  }

  state(): string {
    return `${this.#owner}${this.#moving ? '>' : ''}`;
  }

  get #target(): 0 | 1 {
    return this.#owner === 0 ? 1 : 0;
  }

  #at(place: 0 | 1): Opened {
    return this.spaces[place] as unknown as Opened;
  }
}
