import { show } from '../runtime/duration.js';
import type { Room } from '../store/port.js';
import { HIGHEST_LIMIT } from '../store/protocol.js';

/** With whom a lock is held. */
export interface ModeOptions {
  /**
   * `exclusive`: by one alone. `shared`: with others who ask for it as shared, never beside one who
   * has it exclusively. Default `exclusive`.
   */
  readonly mode?: 'exclusive' | 'shared' | undefined;
  /**
   * With others, as long as the weights of all together are not above this, nor above the limit of
   * any other who is inside. A whole number from 1. Not together with `mode`.
   */
  readonly limit?: number | undefined;
}

/** What a call takes of a limit. */
export interface WeightOptions {
  /** So much of the limit is taken: a whole number from 1 to the limit. Default 1. */
  readonly weight?: number | undefined;
}

/** How a lock is held. */
export type LockMode = 'exclusive' | 'shared' | 'limited';

const SHARED: Room = { limit: Infinity, weight: 1 };

/** Undefined: exclusively. A mode or a limit that is given counts in place of both defaults. */
export function resolveMode(
  { mode, limit, weight }: ModeOptions & WeightOptions,
  byDefault: Room | undefined,
): Room | undefined {
  if (mode === undefined && limit === undefined && weight === undefined) return byDefault;
  if (mode !== undefined && mode !== 'exclusive' && mode !== 'shared') {
    throw new TypeError(`mode: ${show(mode)} is neither 'exclusive' nor 'shared'.`);
  }
  if (mode !== undefined && limit !== undefined) {
    throw new TypeError(
      `limit: not together with mode ${show(mode)}: a limit is a mode of its own.`,
    );
  }
  if (limit !== undefined) return limited(limit, weight);
  if (mode === undefined && byDefault !== undefined && byDefault.limit !== Infinity) {
    return limited(byDefault.limit, weight);
  }
  if (weight !== undefined) throw new TypeError('weight: only together with a limit.');
  return mode === 'shared' ? SHARED : undefined;
}

/** What has to be asked for to get this. */
export function asksFor(room: Room | undefined): ModeOptions & WeightOptions {
  if (room === undefined) return { mode: 'exclusive' };
  return room.limit === Infinity ? { mode: 'shared' } : room;
}

/** How a locker takes locks, where that is not exclusively. */
const byDefault = new WeakMap<object, Room>();

export function setRoomByDefault(locker: object, room: Room | undefined): void {
  if (room !== undefined) byDefault.set(locker, room);
}

/** What a call asks of a locker. */
export function roomFor(locker: object, asks: ModeOptions & WeightOptions): Room | undefined {
  return resolveMode(asks, byDefault.get(locker));
}

/**
 * Whether one who has a lock like this has all that is asked for. Not who shares a lock with others,
 * and asks to be alone.
 */
export function suffices(
  { mode, limit = Infinity, weight }: Held,
  asked: Room | undefined,
): boolean {
  if (mode === 'exclusive') return true;
  return asked !== undefined && asked.limit >= limit && asked.weight <= weight;
}

/** A lock, as far as it is about that. */
interface Held {
  readonly mode: LockMode;
  readonly limit: number | undefined;
  readonly weight: number;
}

/** As it stands in the JSON of a lock. */
export function parseMode(
  mode: unknown,
  { limit, weight }: { readonly limit?: unknown; readonly weight?: unknown },
): Room | undefined {
  switch (mode) {
    case undefined:
    case 'exclusive':
      return undefined;
    case 'shared':
      return SHARED;
    case 'limited':
      return limited(limit, weight);
    default:
      throw new TypeError(`adopt: the mode is ${show(mode)}, not that of a lock.`);
  }
}

export function modeOf(room: Room | undefined): LockMode {
  if (room === undefined) return 'exclusive';
  return room.limit === Infinity ? 'shared' : 'limited';
}

function limited(limit: unknown, weight: unknown = 1): Room {
  const most = wholeNumber('limit', limit, HIGHEST_LIMIT);
  return { limit: most, weight: wholeNumber('weight', weight, most) };
}

function wholeNumber(option: string, value: unknown, most: number): number {
  if (typeof value !== 'number') throw new TypeError(`${option}: ${show(value)} is not a number.`);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  const to = option === 'weight' ? `the limit, ${most}` : String(most);
  throw new RangeError(`${option}: ${show(value)} is not a whole number from 1 to ${to}.`);
}
