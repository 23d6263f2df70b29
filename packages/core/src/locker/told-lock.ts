import { ownerOf } from '../store/owner.js';
import { lockerIdOf } from '../store/protocol.js';
import type { Room } from '../store/terms.js';
import type { Inside, Standing, View } from '../store/view.js';
import type {
  InspectedHolder,
  InspectedWaiter,
  LockerHolding,
  LockInspection,
} from './inspection.js';
import { type LockMode, modeOf } from './mode.js';

/** What the store has shown of a lock, in pages, as it is told to people: of `most` holders. */
export function toldLock(
  name: string,
  pages: readonly [View, ...View[]],
  lockerId: string,
  most: number = Infinity,
): LockInspection {
  const [{ holding, count, graceLeft = 0 }] = pages;
  const moments = pages.map(({ at }) => new Date(at));
  // A lease that was renewed between two pages comes in both.
  const holders = new Map<unknown, InspectedHolder>();
  const waiting: InspectedWaiter[] = [];
  for (const [place, page] of pages.entries()) {
    const date = moments[place] as Date;
    for (const holder of holdersOf(page, date, lockerId)) {
      const key = holder.kind === 'locker' ? holder.token : holder;
      if (!holders.has(key)) holders.set(key, holder);
    }
    waiting.push(...page.waiting.map((one) => waiterOf(one, date, lockerId)));
  }
  return {
    name,
    at: moments[0] as Date,
    mode: holdingMode(holding),
    limit: holding?.kind === 'room' ? finite(holding.limit) : undefined,
    used: usedOf(holding),
    holders: [...holders.values()].slice(0, most),
    holderCount: holding?.kind === 'room' ? holding.count : Number(holding !== undefined),
    waiting,
    waitingCount: count,
    graceRemaining: graceLeft > 0 ? Math.ceil(graceLeft) : undefined,
  };
}

export async function* toldLocks(
  views: AsyncIterable<View>,
  prefix: string,
  lockerId: string,
): AsyncGenerator<LockInspection, void, undefined> {
  for await (const view of views) yield toldLock(view.key.slice(prefix.length), [view], lockerId);
}

function holdingMode(holding: View['holding']): LockMode | 'foreign' | undefined {
  if (holding?.kind !== 'room') return holding?.kind === 'grant' ? 'exclusive' : holding?.kind;
  return holding.limit === Infinity ? 'shared' : 'limited';
}

function usedOf(holding: View['holding']): number {
  return holding?.kind === 'room' ? holding.used : Number(holding !== undefined);
}

function holdersOf({ at: now, holding }: View, at: Date, lockerId: string): InspectedHolder[] {
  switch (holding?.kind) {
    case undefined:
      return [];
    case 'foreign': {
      const { type, value, ends } = holding;
      return [{ kind: 'foreign', type, value, remaining: remaining(now, ends), at }];
    }
    case 'grant':
      return [holderOf(holding.inside, now, at, lockerId)];
    case 'room':
      return holding.inside.map((one) => holderOf(one, now, at, lockerId));
  }
}

function holderOf(
  { token, fencingToken, room, ends, listens }: Inside,
  now: number,
  at: Date,
  lockerId: string,
): LockerHolding {
  return {
    kind: 'locker',
    ...who(token, lockerId),
    fencingToken,
    since: momentOf(fencingToken),
    remaining: remaining(now, ends),
    ...demandOf(room),
    listening: listens,
    at,
  };
}

function waiterOf(
  { token, ticket, room, listens }: Standing,
  at: Date,
  lockerId: string,
): InspectedWaiter {
  const demand =
    room === 'unknown' ? { mode: undefined, limit: undefined, weight: 1 } : demandOf(room);
  return {
    ...who(token, lockerId),
    since: momentOf(ticket),
    ...demand,
    listening: listens,
    at,
  };
}

function who(
  token: string,
  lockerId: string,
): { readonly owner: string | undefined; readonly token: string; readonly self: boolean } {
  return { owner: ownerOf(token), token, self: lockerIdOf(token) === lockerId };
}

function demandOf(room: Room | undefined): {
  readonly mode: LockMode;
  readonly limit: number | undefined;
  readonly weight: number;
} {
  return { mode: modeOf(room), limit: finite(room?.limit), weight: room?.weight ?? 1 };
}

/** Fencing tokens and tickets are moments, in microseconds; those of the first places are written below 0. */
function momentOf(tick: number): Date {
  return new Date(Math.abs(tick) / 1_000);
}

function remaining(now: number, ends: number): number | undefined {
  return ends === Infinity ? undefined : Math.max(Math.round(ends - now), 0);
}

function finite(limit: number | undefined): number | undefined {
  return limit === Infinity ? undefined : limit;
}
