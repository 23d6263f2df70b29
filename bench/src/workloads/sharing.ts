import type { Entry } from '../contestants/roster.js';
import {
  EXCLUSIVE,
  LIMITED,
  oneFor,
  PERMITS,
  SEMAPHORE,
  SHARED,
  SHARERS,
} from '../contestants/sharers.js';
import type { Crew } from '../measure/crew.js';
import { commandsSent, untilAllWait } from '../measure/server.js';
import { mapFigures, type Standing } from '../measure/standing.js';
import { quantile, type Spread, spreadOf } from '../measure/statistics.js';
import { takeTurns } from '../measure/turns.js';
import type { Turn } from '../workers/line.js';
import { type DistinctLocks, measureDistinctLocks } from './distinct-locks.js';
import type { Setting } from './setting.js';

const CALLERS = 256;
const LINE_ROUNDS = 7;
const WAITERS = 50;
const PROCESSES = 5;
/**
 * In ms, by a timer: eight who look at the clock would take the processors from each other. The longest
 * hold takes twice as long as the shortest: with equal ones, all eight would be given back at once.
 */
const HOLD = 5;
const HOLDERS_ROUNDS = 3;
const HOLDERS = 10_000;
/** For a turn, in ms. */
const LIMIT = 30_000;

/** What several make of one lock. */
export interface Sharing {
  readonly cycles: readonly Standing<DistinctLocks>[];
  readonly line: readonly Standing<PermitLine>[];
  readonly holders: readonly Standing<Holders>[];
}

/**
 * 50 callers in five processes wait until all permits are given back at once; then each has one for 5 to
 * 10 ms.
 */
export interface PermitLine {
  /** In ms, from a release until another one runs in its place. */
  readonly gapP50: number;
  readonly gapP99: number;
  /** In ms, of a PING by the holder while it holds. */
  readonly pingP50: number;
  /** From then on, as in a line for one lock. */
  readonly commandsPerHandOff: Spread;
}

/** What each of 10,000 holders of one lock takes, in bytes. */
export interface Holders {
  readonly heap: Spread;
  readonly redis: Spread;
}

export async function measureSharing(setting: Setting): Promise<Sharing> {
  const { standings } = await measureDistinctLocks(setting, SHARERS, CALLERS);
  return {
    cycles: standings,
    line: await measureLine(setting, named(LIMITED, SEMAPHORE)),
    holders: await measureHolders(setting, named(EXCLUSIVE, SHARED)),
  };
}

function named(...names: readonly string[]): Entry[] {
  return SHARERS.filter(({ name }) => names.includes(name));
}

async function measureLine(
  { url, client, rounds = LINE_ROUNDS }: Setting,
  entries: readonly Entry[],
): Promise<Standing<PermitLine>[]> {
  const drain = async (crew: Crew, entry: Entry, lock: string): Promise<Round> => {
    for (let n = 0; n < PERMITS; n += 1) await crew.worker.request('occupy', lock);
    for (let place = 0; place < WAITERS; place += 1) {
      await crew.member(place).request('arrive', lock, [place], holdOf(place), true, false);
    }
    await untilAllWait(client, entry, oneFor(lock), WAITERS);
    const before = await commandsSent(client, entry.sends);
    await crew.worker.request('vacate');
    const turns = await Promise.all(crew.workers.map((worker) => worker.request('turns')));
    const commands = (await commandsSent(client, entry.sends)) - before;
    const all = turns.flat();
    const pings = all.map(({ ping = 0n }) => Number(ping) / 1e6);
    return { gaps: gapsOf(all), pings, commandsPerHandOff: commands / (WAITERS + PERMITS) };
  };
  const standings = await takeTurns({
    url,
    entries,
    rounds,
    processes: PROCESSES,
    limit: LIMIT,
    warmUp: async (crew, entry) => {
      for (let n = 0; n < rounds; n += 1) await drain(crew, entry, `rehearsal:${entry.name}:${n}:`);
    },
    turn: (crew, entry, round) => drain(crew, entry, `permits:${entry.name}:${round}:`),
  });
  return standings.map((standing) =>
    mapFigures(standing, (all) => {
      const gaps = all.flatMap((round) => round.gaps);
      return {
        gapP50: quantile(gaps, 0.5),
        gapP99: quantile(gaps, 0.99),
        pingP50: quantile(
          all.flatMap((round) => round.pings),
          0.5,
        ),
        commandsPerHandOff: spreadOf(all.map((round) => round.commandsPerHandOff)),
      };
    }),
  );
}

function holdOf(place: number): number {
  return HOLD * (1 + (place % PERMITS) / PERMITS);
}

interface Round {
  readonly gaps: readonly number[];
  readonly pings: readonly number[];
  readonly commandsPerHandOff: number;
}

/** Whoever comes after the first ones takes the place that was given back first. */
function gapsOf(turns: readonly Turn[]): number[] {
  const granted = turns.map((turn) => turn.granted).toSorted(inOrder);
  const released = turns.map((turn) => turn.released).toSorted(inOrder);
  return granted
    .slice(PERMITS)
    .map((moment, place) => Number(moment - (released[place] as bigint)) / 1e6);
}

function inOrder(one: bigint, other: bigint): number {
  return one < other ? -1 : 1;
}

async function measureHolders(
  { url, client, rounds = HOLDERS_ROUNDS }: Setting,
  entries: readonly Entry[],
): Promise<Standing<Holders>[]> {
  const memory = async (): Promise<number> =>
    Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1] ?? 0);
  const standings = await takeTurns({
    url,
    entries,
    rounds,
    processes: 1,
    fresh: true,
    limit: LIMIT,
    turn: async ({ worker }: Crew, { name }: Entry) => {
      await client.flushAll();
      const before = await memory();
      const heap = await worker.request('heapPerLock', `holders:${name}`, HOLDERS);
      return { heap, redis: ((await memory()) - before) / HOLDERS };
    },
  });
  await client.flushAll();
  return standings.map((standing) =>
    mapFigures(standing, (all) => ({
      heap: spreadOf(all.map(({ heap }) => heap)),
      redis: spreadOf(all.map(({ redis }) => redis)),
    })),
  );
}
