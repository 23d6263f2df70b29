import type {
  AcquireAllOperation,
  Holder,
  Operation,
  Outcomes,
  Released,
  Waiting,
} from '../../store/port.js';
import { parseHolder } from '../holder.js';
import { OUTCOME } from '../script/outcome.js';

export type Outcome = Outcomes[Operation['kind']];

const RENEWED: Outcome = { kind: 'renewed' };
const RECLAIMED: Outcome = { kind: 'renewed', reclaimed: true };
const RELEASED: Outcome = { kind: 'released', next: undefined, more: false };

/**
 * Reads the script's reply: for each operation its outcome, or its error reply. What it says besides
 * of grants to those who wait here goes to `told`, as it would have been published. `at`: the server's
 * time in ms, for what is granted or renewed where all was as it was asked for.
 *
 * @throws {TypeError} if it is not one: something between us and Redis rewrites replies.
 */
export function decode(
  reply: unknown,
  operations: readonly Operation[],
  told: string[] = [],
  at?: number,
): (Outcome | Error)[] {
  if (typeof reply === 'number') return decodeSmooth(reply, operations, at);
  const items = operations.reduce(addKeys, 0);
  if (!Array.isArray(reply) || reply.length < items || reply.length > items + 1) {
    throw new TypeError(
      'The reply to a batch is neither a number nor a list with an item for each key.',
    );
  }
  if (reply.length > items) readTold(reply[items], told);
  let place = 0;
  let last: Outcome | Error | undefined;
  return operations.map((operation) => {
    const item: unknown = reply[place];
    place = addKeys(place, operation);
    last = typeof item === 'number' && item < 0 ? behind(last, -item) : decodeOne(operation, item);
    return last;
  });
}

function readTold(item: unknown, told: string[]): void {
  if (!Array.isArray(item))
    throw new TypeError('The last item of the reply to a batch is no list.');
  const reader = new Reader(item);
  for (let n = 0; n < item.length; n += 1) told.push(reader.text());
}

/** Where there are several keys, the first item tells all. */
function addKeys(count: number, operation: Operation): number {
  return count + (operation.kind === 'acquireAll' ? operation.members.length : 1);
}

/** All was renewed, given back and taken, in this order; the fencing tokens follow one another. */
function decodeSmooth(
  reply: number,
  operations: readonly Operation[],
  at: number | undefined,
): Outcome[] {
  let fencingToken = reply;
  const renewed: Outcome = at === undefined ? RENEWED : { kind: 'renewed', at };
  return operations.map((operation) => {
    switch (operation.kind) {
      case 'renew':
        return renewed;
      case 'release':
        return RELEASED;
      case 'acquire':
        return granted(fencingToken++, at);
      case 'acquireAll': {
        const all = grantedAll(operation, fencingToken);
        fencingToken += operation.members.length;
        return at === undefined ? all : { ...all, at };
      }
      default:
        throw new TypeError(`The reply to a batch with a ${operation.kind} is a number.`);
    }
  });
}

function decodeOne(operation: Operation, item: unknown): Outcome | Error {
  const { kind } = operation;
  if (typeof item === 'number') {
    return kind === 'acquireAll' ? grantedAll(operation, item) : decodeNumber(kind, item);
  }
  if (typeof item === 'string') return new Error(item);
  if (Array.isArray(item)) {
    return kind === 'acquireAll' ? decodeAll(item) : decodeList(new Reader(item));
  }
  throw new TypeError(`The reply to a batch has a ${typeof item} for an outcome.`);
}

function decodeNumber(kind: Operation['kind'], outcome: number): Outcome {
  switch (outcome) {
    case OUTCOME.renewed:
      return RENEWED;
    case OUTCOME.reclaimed:
      return RECLAIMED;
    case OUTCOME.released:
      return RELEASED;
    case OUTCOME.releasedMore:
      return { kind: 'released', next: undefined, more: true };
    case OUTCOME.lost:
      return { kind: 'lost', holder: undefined };
    case OUTCOME.cancelled:
    case OUTCOME.cancelledMore:
      return { kind: 'cancelled', more: outcome === OUTCOME.cancelledMore };
    case OUTCOME.advanced:
    case OUTCOME.advancedMore:
      return { kind: 'advanced', more: outcome === OUTCOME.advancedMore };
    default:
      if (kind === 'acquire') return granted(outcome);
      throw new TypeError(`The reply to a ${kind} has an unknown outcome: ${outcome}.`);
  }
}

function granted(fencingToken: number, at?: number): Outcome {
  if (fencingToken > OUTCOME.done) {
    return at === undefined
      ? { kind: 'granted', fencingToken, already: false, more: false }
      : { kind: 'granted', fencingToken, already: false, more: false, at };
  }
  throw new TypeError(`The reply to an acquire has an unknown outcome: ${fencingToken}.`);
}

/** Under one fencing token after the other. */
function grantedAll({ members }: AcquireAllOperation, first: number): Outcome {
  if (first > OUTCOME.done) {
    return { kind: 'granted all', fencingTokens: members.map((_, place) => first + place) };
  }
  throw new TypeError(`The reply to an acquireAll has an unknown outcome: ${first}.`);
}

function decodeList(reader: Reader): Outcome {
  const outcome = reader.integer();
  switch (outcome) {
    case OUTCOME.handedOff:
    case OUTCOME.handedOffMore:
      return handedOff(reader, outcome === OUTCOME.handedOffMore);
    case OUTCOME.lost:
      return { kind: 'lost', holder: reader.holder() };
    case OUTCOME.forced:
      return { holder: parseHolder(reader.text()), ...freed(reader) };
    case OUTCOME.granted:
      return { kind: 'granted', fencingToken: reader.integer(), already: true, more: false };
    case OUTCOME.grantedMore:
      return { kind: 'granted', fencingToken: reader.integer(), already: false, more: true };
    case OUTCOME.stolen:
      return {
        kind: 'granted',
        fencingToken: reader.integer(),
        already: false,
        more: false,
        from: parseHolder(reader.text()),
      };
    case OUTCOME.waiting:
      return waiting(reader);
    case OUTCOME.busy:
      return { kind: 'busy', holder: reader.holder(), holderTtl: remaining(reader.integer()) };
    case OUTCOME.deaf:
      return { kind: 'deaf', holder: reader.holder(), holderTtl: remaining(reader.integer()) };
    case OUTCOME.full:
      return { kind: 'full', holder: reader.holder(), holderTtl: remaining(reader.integer()) };
    case OUTCOME.foreign:
      return { kind: 'foreign', type: reader.text(), key: reader.textIfAny() };
    default:
      throw new TypeError(`The reply to a batch has an unknown outcome: ${outcome}.`);
  }
}

/** It came into the line behind the one before it in the batch. */
function behind(before: Outcome | Error | undefined, ticket: number): Waiting {
  if (before === undefined || before instanceof Error || before.kind !== 'waiting') {
    throw new TypeError('The reply to a batch has somebody in line behind nobody.');
  }
  const { kind, holder, holderTtl } = before;
  return { kind, holder, holderTtl, ticket, enqueued: true, asOf: ticket };
}

function waiting(reader: Reader): Waiting {
  const answer: Waiting = {
    kind: 'waiting',
    holder: reader.holder(),
    holderTtl: remaining(reader.integer()),
    ticket: reader.integer(),
    enqueued: reader.integer() === 1,
    asOf: reader.integer(),
  };
  return reader.integerIfAny() === 1 ? { ...answer, mustAsk: true } : answer;
}

/** Fencing tokens; or who is in the way, and last of which member. */
function decodeAll(item: readonly unknown[]): Outcome {
  const reader = new Reader(item);
  if (item[0] === OUTCOME.granted) {
    reader.integer();
    return { kind: 'granted all', fencingTokens: item.slice(1).map(() => reader.integer()) };
  }
  const by = decodeList(reader);
  if (by.kind === 'busy' || by.kind === 'foreign') {
    return { kind: 'blocked', by, place: reader.integer() - 1 };
  }
  throw new TypeError(`The reply to an acquireAll has an unknown outcome: ${by.kind}.`);
}

/** How a lock was given back that was taken from its holder. */
function freed(reader: Reader): Released {
  const outcome = reader.integer();
  switch (outcome) {
    case OUTCOME.handedOff:
    case OUTCOME.handedOffMore:
      return handedOff(reader, outcome === OUTCOME.handedOffMore);
    case OUTCOME.released:
    case OUTCOME.releasedMore:
      return { kind: 'released', next: undefined, more: outcome === OUTCOME.releasedMore };
    default:
      throw new TypeError(`The reply to a forced release has an unknown outcome: ${outcome}.`);
  }
}

function handedOff(reader: Reader, more: boolean): Released {
  const next = { token: reader.text(), fencingToken: reader.integer() };
  return { kind: 'released', next, more };
}

/** PTTL says -1 for a key without an expiry. */
function remaining(pttl: number): number {
  return pttl === -1 ? Infinity : pttl;
}

class Reader {
  readonly #items: readonly unknown[];
  #next = 0;

  constructor(items: readonly unknown[]) {
    this.#items = items;
  }

  text(): string {
    const item = this.#items[this.#next++];
    if (typeof item !== 'string') throw this.#unexpected(item);
    return item;
  }

  /** What the lock key holds; nothing: undefined. */
  holder(): Holder | undefined {
    if (this.#items[this.#next] !== null) return parseHolder(this.text());
    this.#next += 1;
    return undefined;
  }

  /** At the end of a list. */
  textIfAny(): string | undefined {
    return this.#next < this.#items.length ? this.text() : undefined;
  }

  /** At the end of a list. */
  integerIfAny(): number | undefined {
    return this.#next < this.#items.length ? this.integer() : undefined;
  }

  integer(): number {
    const item = this.#items[this.#next++];
    if (typeof item !== 'number') throw this.#unexpected(item);
    return item;
  }

  #unexpected(item: unknown): TypeError {
    return new TypeError(`The reply to a batch has a ${typeof item} at ${this.#next - 1}.`);
  }
}
