import { RESERVED_PREFIX } from '../protocol.js';
import type { Operation, Outcomes } from '../store.js';
import { DIGEST } from './script/index.js';
import { OUTCOME } from './script/outcome.js';

const CLOCK_KEY = `${RESERVED_PREFIX}clock`;
const QUEUE_PREFIX = `${RESERVED_PREFIX}queue:`;

type Outcome = Outcomes[Operation['kind']];

/** The command that applies the operations, in their order. */
export function encode(operations: readonly Operation[]): string[] {
  const keys: string[] = [CLOCK_KEY];
  const args: (string | number)[] = [];
  for (const operation of operations) encodeOne(operation, keys, args);
  return ['EVALSHA', DIGEST, String(keys.length), ...keys, JSON.stringify(args)];
}

function encodeOne(operation: Operation, keys: string[], args: (string | number)[]): void {
  const { kind, key } = operation;
  const queue = QUEUE_PREFIX + key;
  switch (kind) {
    case 'acquire':
      keys.push(key, queue);
      args.push(kind, operation.token, String(operation.ttl), place(operation));
      return;
    case 'renew':
      keys.push(key);
      args.push(kind, operation.token, String(operation.ttl));
      return;
    case 'release':
      keys.push(key, queue);
      args.push(kind, operation.token);
      return;
    case 'cancel':
      keys.push(key, queue);
      args.push(kind, operation.token, String(operation.ttl));
      return;
    case 'forceRelease':
      keys.push(key, queue);
      args.push(kind);
  }
}

function place({ enqueue, ticket }: { enqueue: boolean; ticket: number | undefined }): string {
  if (!enqueue) return 'once';
  return ticket === undefined ? 'new' : String(ticket);
}

/**
 * Reads the script's flat reply: for each operation its outcome, or its error reply.
 *
 * @throws {TypeError} if it is not one: something between us and Redis rewrites replies.
 */
export function decode(reply: unknown, count: number): (Outcome | Error)[] {
  if (!Array.isArray(reply)) throw new TypeError('The reply to a batch is not a list.');
  const reader = new Reader(reply);
  const results: (Outcome | Error)[] = [];
  while (results.length < count) results.push(decodeOne(reader));
  return results;
}

function decodeOne(reader: Reader): Outcome | Error {
  const outcome = reader.integer();
  switch (outcome) {
    case OUTCOME.granted:
      return { kind: 'granted', fencingToken: reader.integer(), already: reader.integer() === 1 };
    case OUTCOME.waiting:
      return {
        kind: 'waiting',
        holderTtl: remaining(reader.integer()),
        ticket: reader.integer(),
        enqueued: reader.integer() === 1,
        asOf: reader.integer(),
      };
    case OUTCOME.busy:
      return { kind: 'busy', holderTtl: remaining(reader.integer()) };
    case OUTCOME.foreign:
      return { kind: 'foreign', type: reader.text() };
    case OUTCOME.renewed:
      return { kind: 'renewed', fencingToken: reader.integer() };
    case OUTCOME.released:
      return { kind: 'released', handedOff: reader.integer() === 1 };
    case OUTCOME.lost:
      return { kind: 'lost' };
    case OUTCOME.cancelled:
      return { kind: 'cancelled' };
    case OUTCOME.error:
      return new Error(reader.text());
    default:
      throw new TypeError(`The reply to a batch has an unknown outcome: ${outcome}.`);
  }
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

  integer(): number {
    const item = this.#items[this.#next++];
    if (typeof item !== 'number') throw this.#unexpected(item);
    return item;
  }

  #unexpected(item: unknown): TypeError {
    return new TypeError(`The reply to a batch has a ${typeof item} at ${this.#next - 1}.`);
  }
}
