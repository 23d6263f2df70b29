import { RESERVED_PREFIX } from '../../store/protocol.js';
import type { AcquireAllOperation, AcquireOperation, Operation } from '../../store/port.js';
import { DIGEST } from '../script/index.js';

const CLOCK_KEY = `${RESERVED_PREFIX}clock`;

/** Where the command has the number of its keys. */
const KEY_COUNT = 2;

/** The order in which the script takes the kinds: those first whose locks it looks up at once. */
const RANK = {
  renew: 0,
  release: 1,
  acquire: 2,
  acquireAll: 3,
  cancel: 4,
  forceRelease: 5,
  advance: 6,
} as const;

/**
 * Sorts by kind what travels together. Nothing says which of two operations that are under way at
 * the same time comes first, except among acquires: they keep their order.
 */
export function byKind(one: Pick<Operation, 'kind'>, other: Pick<Operation, 'kind'>): number {
  return RANK[one.kind] - RANK[other.kind];
}

/** The command that applies the operations, which are sorted by kind. */
export function encode(operations: readonly Operation[]): string[] {
  const command = ['EVALSHA', DIGEST, String(operations.length + 1), CLOCK_KEY];
  // Begins with three counts: of renewals, releases, and groups of acquires.
  const args: Argument[] = [0, 0, 0];
  // What the locks must hold that are renewed or released, one a line: no token has a line break.
  let values: string[] | undefined;
  let group: Group | undefined;
  for (const operation of operations) {
    if (operation.kind === 'acquireAll') pushKeys(command, operation);
    else command.push(operation.key);
    switch (operation.kind) {
      case 'renew':
        increment(args, 0);
        args.push(String(operation.ttl));
        (values ??= []).push(`${operation.token} ${operation.fencingToken}`);
        break;
      case 'release':
        increment(args, 1);
        (values ??= []).push(`${operation.token} ${operation.fencingToken}`);
        break;
      case 'acquire':
        if (group === undefined || !fits(operation, group.terms)) {
          increment(args, 2);
          group = { terms: operation, place: args.length };
          args.push(0, String(operation.ttl), placeOf(operation));
        }
        increment(args, group.place);
        args.push(operation.token);
        break;
      case 'acquireAll':
        args.push(
          operation.kind,
          operation.members.map(({ token }) => token),
          String(operation.ttl),
        );
        break;
      case 'cancel':
        args.push(operation.kind, operation.token, String(operation.ttl));
        break;
      case 'forceRelease':
      case 'advance':
        args.push(operation.kind, '', '');
    }
  }
  command.push(JSON.stringify(args));
  if (values !== undefined) command.push(values.join('\n'));
  return command;
}

/** What stands in the list for the script. */
type Argument = string | number | readonly string[];

/** One operation with a key for each member: there are more keys than operations. */
function pushKeys(command: string[], { members }: AcquireAllOperation): void {
  for (const { key } of members) command.push(key);
  command[KEY_COUNT] = String(Number(command[KEY_COUNT]) + members.length - 1);
}

function increment(counts: Argument[], place: number): void {
  counts[place] = (counts[place] as number) + 1;
}

/** Acquires one after the other with the same terms, and the place of their number. */
interface Group {
  readonly terms: AcquireOperation;
  readonly place: number;
}

function fits(operation: AcquireOperation, terms: AcquireOperation): boolean {
  return (
    operation.ttl === terms.ttl &&
    operation.enqueue === terms.enqueue &&
    operation.ticket === terms.ticket &&
    operation.maxWaiting === terms.maxWaiting
  );
}

function placeOf({ enqueue, ticket, maxWaiting }: AcquireOperation): string {
  if (!enqueue) return 'once';
  if (ticket !== undefined) return String(ticket);
  return maxWaiting === undefined ? 'new' : `new ${maxWaiting}`;
}
