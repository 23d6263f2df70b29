import { RESERVED_PREFIX } from '../../store/protocol.js';
import type { Grace } from '../../store/grace.js';
import type {
  AcquireOperation,
  Operation,
  ReleaseOperation,
  RenewOperation,
  Room,
} from '../../store/port.js';
import { wordsOf } from '../../store/words.js';
import { DIGEST, GRACED_DIGEST, SLOTS_DIGEST } from '../script/index.js';
import { EPOCH } from '../script/epoch.js';
import { CLOCK, LEASES, QUEUE, ROOM, WAKE } from '../script/state.js';

/** Where the command has the number of its keys, and the first of them. */
const KEY_COUNT = 2;
const FIRST_KEY = 3;

/** The order in which the script takes the kinds: those first whose locks it looks up at once. */
const RANK = {
  renew: 0,
  release: 1,
  acquire: 4,
  acquireAll: 5,
  cancel: 6,
  forceRelease: 7,
  advance: 8,
} as const;

/** Behind those of locks that are held exclusively. */
const IN_ROOMS = 2;

/**
 * Sorts by kind what travels together. Nothing says which of two operations that are under way at
 * the same time comes first, except among acquires: they keep their order.
 */
export function byKind(one: Ranked, other: Ranked): number {
  return rankOf(one) - rankOf(other);
}

/** What decides on the rank of an operation. */
interface Ranked {
  readonly kind: Operation['kind'];
  readonly room?: Room | undefined;
}

function rankOf({ kind, room }: Ranked): number {
  const later = room !== undefined && (kind === 'renew' || kind === 'release');
  return RANK[kind] + (later ? IN_ROOMS : 0);
}

/** Where a batch goes in a cluster. */
export interface SlotPlace {
  /** Of the slot that all of its locks are in. */
  readonly tag: string;
  /** The master's own id. */
  readonly node: string;
}

/**
 * The command that applies the operations, which are sorted by kind. In a cluster it declares all keys
 * that the script may touch: so a node that has not all of them refuses it before it runs. With a grace
 * it says what is counted on, and until when the locks are believed in that it renews.
 */
export function encode(
  operations: readonly Operation[],
  place?: SlotPlace,
  self?: string,
  grace?: Grace,
): string[] {
  const base = place === undefined ? RESERVED_PREFIX : baseOf(place.tag);
  const command = ['EVALSHA', grace === undefined ? DIGEST : GRACED_DIGEST, '', base + CLOCK];
  // Begins with three counts: of renewals, releases, and groups.
  const args: Argument[] =
    grace === undefined ? [0, 0, 0] : [0, 0, 0, grace.time, grace.lag, grace.scope];
  const values = layOut(operations, command, args, grace !== undefined, self);
  const locks = String(command.length - FIRST_KEY);
  command[KEY_COUNT] = locks;
  if (place === undefined) {
    command.push(JSON.stringify(args));
    if (values !== undefined) command.push(values);
  } else {
    const reclaims = grace !== undefined;
    for (const operation of operations) declareBeside(command, operation, base, reclaims);
    if (reclaims) command.push(base + EPOCH + grace.scope);
    command[KEY_COUNT] = String(command.length - FIRST_KEY);
    command.push(JSON.stringify(args), values ?? '', locks, place.node);
  }
  return command;
}

/** What is to be done in one slot; the operations are sorted by kind. */
export interface SlotOperations {
  readonly tag: string;
  readonly operations: readonly Operation[];
  /** The rules will be needed: nobody is to hope for less. */
  readonly unusual: boolean;
}

/** The command that does that in several slots of one node. It declares nothing. */
export function encodeSlots(slots: readonly SlotOperations[], node: string): string[] {
  const list: (string | readonly Argument[])[] = [];
  for (const { tag, operations, unusual } of slots) {
    const usual = unusual ? undefined : usualOf(operations);
    if (usual !== undefined) {
      layOutUsual(tag, usual, list);
      continue;
    }
    const keys = [tag];
    const args: Argument[] = [0, 0, 0];
    const values = layOut(operations, keys, args, false) ?? '';
    list.push(keys, args, values);
  }
  return ['EVALSHA', SLOTS_DIGEST, '0', JSON.stringify(list), node];
}

/** What most slots are asked for. */
type UsualOperation = AcquireOperation | ReleaseOperation;

/** Undefined: it is something else. */
function usualOf([first, second]: readonly Operation[]): UsualOperation | undefined {
  if (second !== undefined || (first?.kind !== 'acquire' && first?.kind !== 'release')) return;
  return first.room === undefined ? first : undefined;
}

function layOutUsual(tag: string, operation: UsualOperation, list: unknown[]): void {
  const { kind, key, token } = operation;
  if (kind === 'release') list.push(tag, key, `${token} ${operation.fencingToken}`, '');
  else list.push(tag, key, token, String(operation.ttl), standing(operation));
}

/**
 * Adds the keys of the locks, and what the script has to know, behind its counts. Returns what the locks
 * must hold that are renewed or released, one a line: no token has a line break.
 */
function layOut(
  operations: readonly Operation[],
  keys: string[],
  args: Argument[],
  isGraced: boolean,
  self?: string,
): string | undefined {
  let values: string[] | undefined;
  let group: Group | undefined;
  for (const operation of operations) {
    if (operation.kind === 'acquireAll') {
      for (const { key } of operation.members) keys.push(key);
    } else {
      keys.push(operation.key);
    }
    switch (operation.kind) {
      case 'renew':
        if (operation.room === undefined) {
          increment(args, 0);
          args.push(String(operation.ttl));
          if (isGraced) args.push(endOf(operation));
          (values ??= []).push(`${operation.token} ${operation.fencingToken}`);
          break;
        }
        group = groupFor(operation, group, args);
        args.push(operation.token, String(operation.fencingToken));
        if (isGraced) args.push(endOf(operation));
        break;
      case 'release':
        if (operation.room === undefined) {
          increment(args, 1);
          (values ??= []).push(`${operation.token} ${operation.fencingToken}`);
          break;
        }
        group = groupFor(operation, group, args, self);
        args.push(operation.token, String(operation.fencingToken));
        break;
      case 'acquire':
        group = groupFor(operation, group, args);
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
        args.push(operation.kind, operation.token, `${operation.ttl}${wordsOf(operation.room)}`);
        break;
      case 'forceRelease':
      case 'advance':
        args.push(operation.kind, '', '');
    }
  }
  return values?.join('\n');
}

/** What stands before the names of all that is kept beside the locks of a slot. */
export function baseOf(tag: string): string {
  return `${RESERVED_PREFIX}{${tag}}:`;
}

/**
 * On which a master tells a locker of grants in a slot. Its own id is part of it: what a former master
 * says is passed on by its successor, and must not be heard there.
 */
export function wakeChannelOf({ tag, node }: SlotPlace, lockerId: string): string {
  return `${baseOf(tag)}${WAKE}${lockerId}:${node}`;
}

/** The keys beside its locks that an operation may touch. With a grace a renewal may reclaim. */
function declareBeside(
  command: string[],
  operation: Operation,
  base: string,
  reclaims: boolean,
): void {
  const { kind, key } = operation;
  // It looks at the lock alone.
  if (kind === 'renew' && operation.room === undefined && !reclaims) return;
  const locks = kind === 'acquireAll' ? operation.members.map((member) => member.key) : [key];
  for (const lock of locks) {
    if (kind !== 'renew' || reclaims) command.push(base + QUEUE + lock);
    command.push(base + ROOM + lock, base + LEASES + lock);
  }
}

/** What stands in the list for the script. */
type Argument = string | number | Place | readonly string[];

/** When a lease ends that is believed in, in ms of the server's time; 0: it is not to be reclaimed. */
function endOf({ until = 0 }: RenewOperation): number {
  return Math.floor(until);
}

/** What is sent in groups. */
type Grouped = AcquireOperation | RenewOperation | ReleaseOperation;

/** One after the other with the same terms, and the place of their number. */
interface Group {
  readonly terms: Grouped;
  readonly place: number;
}

/** Where one that asks is to stand; in a room, what is done, and the words for it in the line. */
type Place = readonly [what: string, words: string, self?: string];

/** The group that goes on with this operation, or a new one. It has one more. */
function groupFor(
  operation: Grouped,
  group: Group | undefined,
  args: Argument[],
  self?: string,
): Group {
  const fits = group !== undefined && areAlike(operation, group.terms);
  const into = fits ? group : { terms: operation, place: args.length };
  if (!fits) {
    increment(args, 2);
    args.push(0, ttlOf(operation), placeOf(operation, self));
  }
  increment(args, into.place);
  return into;
}

function increment(counts: Argument[], place: number): void {
  counts[place] = (counts[place] as number) + 1;
}

function areAlike(one: Grouped, other: Grouped): boolean {
  if (one.kind === 'release' || other.kind === 'release') {
    if (one.kind !== other.kind) return false;
  } else if (one.ttl !== other.ttl) {
    return false;
  }
  if (one.kind === 'acquire' && other.kind === 'acquire') {
    if (one.enqueue !== other.enqueue || one.ticket !== other.ticket) return false;
    if (one.maxWaiting !== other.maxWaiting || one.steal !== other.steal) return false;
  } else if (one.kind !== other.kind) {
    return false;
  }
  if (one.room === undefined || other.room === undefined) return one.room === other.room;
  // Those of a room are of one room.
  return one.key === other.key && isSame(one.room, other.room);
}

function isSame(one: Room, other: Room): boolean {
  return one.limit === other.limit && one.weight === other.weight;
}

function ttlOf(operation: Grouped): string {
  return operation.kind === 'release' ? '' : String(operation.ttl);
}

function placeOf(operation: Grouped, self: string | undefined): string | Place {
  const what = operation.kind === 'acquire' ? standing(operation) : operation.kind;
  if (operation.room === undefined) return what;
  const words = wordsOf(operation.room);
  return self === undefined ? [what, words] : [what, words, self];
}

function standing({ enqueue, ticket, maxWaiting, steal }: AcquireOperation): string {
  if (steal !== undefined) return `steal ${steal}${enqueue ? '' : ' once'}`;
  if (!enqueue) return 'once';
  if (ticket !== undefined) return String(ticket);
  return maxWaiting === undefined ? 'new' : `new ${maxWaiting}`;
}
