import type { Channels, Keyspace } from '../../../packages/core/dist/memory/keyspace.js';
import type { Operation } from '../../../packages/core/dist/store/port.js';
import type { Step } from './action.js';
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

const PARTS = ['$leases', '$rooms', '$queues'] as const;
type Part = (typeof PARTS)[number];

/**
 * All locks of a world, which are in one slot of a cluster, at one of two masters; or on the way from one to
 * the other.
 *
 * The slot goes key by key, and anything may happen in between. But only an operation that is served meanwhile can tell:
 * whatever else happens comes to the same before and after a key has gone. And of all keys only the place of the lock
 * decides, and only for what needs no other key. So the slot takes its steps right before an operation that they make a
 * difference to, and what is left of them as it arrives: no state is lost but those that differ in a place nobody asks for.
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

  step(step: Step): void {
    this.#moving = true;
    if (step !== 'leaves') this.#take('$leases');
    if (step === 'takes lock and line') this.#take('$queues');
  }

  /** All that has not gone yet goes, and the other one serves it from now on. */
  finish(): void {
    for (const part of PARTS) this.#take(part);
    const [from, to] = [this.#at(this.#owner).$data, this.#at(this.#target).$data];
    if (this.#careless !== 'new clock') to.$clock = from.$clock;
    from.$clock = 0;
    this.#owner = this.#target;
    this.#moving = false;
  }

  /**
   * What the slot may do right before an operation that is on its way, so that this makes a difference to it;
   * `mayLeave`: it may begin to go.
   */
  stepsBefore(operation: Operation, mayLeave: boolean): readonly Step[] {
    if (!this.#moving && !mayLeave) return [];
    const steps: Step[] = this.#moving ? [] : ['leaves'];
    const { $leases, $queues } = this.#at(this.#owner).$data;
    const goesAnyway = this.#careless === 'asks for all';
    if ((goesAnyway || isAlone(operation)) && $leases.has(operation.key))
      steps.push('takes the lock');
    if (goesAnyway && $queues.has(operation.key)) steps.push('takes lock and line');
    return steps;
  }

  /**
   * Who applies an operation. Undefined: it is refused, since what it needs is not all in one place. Of a
   * renewal the lock is the only key: who has it answers.
   */
  spaceFor(operation: Operation): Keyspace | undefined {
    if (!this.#moving) return this.spaces[this.#owner];
    const isHere = this.#at(this.#owner).$data.$leases.has(operation.key);
    if (!isAlone(operation) && (isHere || this.#careless !== 'asks for all')) return undefined;
    return this.spaces[isHere ? this.#owner : this.#target];
  }

  state(): string {
    return `${this.#owner}${this.#moving ? '>' : ''}`;
  }

  /** All keys of one kind go over. */
  #take(part: Part): void {
    const [from, to] = [this.#at(this.#owner).$data[part], this.#at(this.#target).$data[part]];
    for (const [key, value] of from) to.set(key, value);
    from.clear();
  }

  get #target(): 0 | 1 {
    return this.#owner === 0 ? 1 : 0;
  }

  #at(place: 0 | 1): Opened {
    return this.spaces[place] as unknown as Opened;
  }
}

/** Whether it needs no key but that of the lock. */
function isAlone(operation: Operation): boolean {
  return operation.kind === 'renew' && operation.room === undefined;
}
