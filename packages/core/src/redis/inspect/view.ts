import type { Room } from '../../store/port.js';
import type { Holding, Inside, Standing, View } from '../../store/view.js';
import { lockerIdOf } from '../../store/protocol.js';
import { parseHolder } from '../holder.js';

/** See `script.ts`. */
type Shown = readonly [
  type: string,
  value: string | null,
  remaining: number,
  used: string | null,
  limit: string | null,
  holders: readonly (readonly [token: string, terms: string | null, end: string])[],
  holderCount: number,
  waiters: readonly (readonly [member: string, ticket: string])[],
  waiterCount: number,
];

/** See docs/protocol.md: token, ttl, and more words. */
const MEMBER = /^([\w-]+\/[\w-]+(?:\/\S*)?) [1-9]\d*(.*)$/s;
const LIMITED = /^ limited ([1-9]\d*) ([1-9]\d*)$/;
const TERMS = /^(\d+) (\d+) (\d+)$/;

/**
 * Reads the reply of the script.
 *
 * @throws {TypeError} if it is none: something between us and Redis rewrites replies.
 */
export function viewsOf(
  reply: unknown,
  keys: readonly string[],
  channelOf: (lockerId: string) => string,
): View[] {
  const [micros, locks, heard, graceLeft] = list(reply);
  const at = Number(micros) / 1_000;
  const shown = list(locks);
  if (!(at > 0) || shown.length !== keys.length)
    throw new TypeError('The reply is not that of a look.');
  const listening = new Set<string>();
  const channels = list(heard);
  for (let i = 0; i < channels.length; i += 2) {
    if (Number(channels[i + 1]) > 0) listening.add(String(channels[i]));
  }
  const listens = (token: string): boolean => listening.has(channelOf(lockerIdOf(token)));
  return keys.map((key, place) => {
    const view = viewOf(key, at, list(shown[place]) as unknown as Shown, listens);
    return typeof graceLeft === 'number' ? { ...view, graceLeft } : view;
  });
}

type Listens = (token: string) => boolean;

function viewOf(key: string, at: number, shown: Shown, listens: Listens): View {
  const [, , , , , , , waiters, count] = shown;
  const waiting = waiters.flatMap(([member, ticket]) => standing(member, ticket, listens) ?? []);
  return { key, at, holding: holdingOf(at, shown, listens), count, waiting };
}

function holdingOf(at: number, shown: Shown, listens: Listens): Holding | undefined {
  const [type, value, remaining, used, limit, holders, count] = shown;
  if (type === 'none') return undefined;
  const ends = remaining < 0 ? Infinity : at + remaining;
  if (used !== null) {
    const inside = holders.flatMap(
      ([token, terms, end]) => inRoom(token, terms, end, listens) ?? [],
    );
    return { kind: 'room', used: Number(used), limit: Number(limit) || Infinity, count, inside };
  }
  const holder = value === null ? undefined : parseHolder(value);
  if (holder?.kind !== 'grant') return { kind: 'foreign', type, value: value ?? undefined, ends };
  const { token, fencingToken } = holder;
  const inside = { token, fencingToken, room: undefined, ends, listens: listens(token) };
  return { kind: 'grant', inside };
}

/** One of those in a room; undefined: somebody else wrote that there. */
function inRoom(
  token: string,
  terms: string | null,
  end: string,
  listens: Listens,
): Inside | undefined {
  const [, fence, weight, limit] = TERMS.exec(terms ?? '') ?? [];
  if (fence === undefined) return undefined;
  const room = { limit: Number(limit) || Infinity, weight: Number(weight) };
  return { token, fencingToken: Number(fence), room, ends: Number(end), listens: listens(token) };
}

/** One who waits; undefined: no version writes such a member. */
function standing(member: string, ticket: string, listens: Listens): Standing | undefined {
  const [, token, words] = MEMBER.exec(member) ?? [];
  if (token === undefined || words === undefined) return undefined;
  if (words !== '' && !/^ \S/.test(words)) return undefined;
  return { token, ticket: Number(ticket), room: roomOf(words), listens: listens(token) };
}

function roomOf(words: string): Room | 'unknown' | undefined {
  if (words === '') return undefined;
  if (words === ' shared') return { limit: Infinity, weight: 1 };
  const [, limit, weight] = LIMITED.exec(words) ?? [];
  return limit === undefined ? 'unknown' : { limit: Number(limit), weight: Number(weight) };
}

function list(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new TypeError('The reply is not that of a look.');
}
