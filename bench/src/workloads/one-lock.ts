import { setTimeout as sleep } from 'node:timers/promises';
import { type Entry, HOLDFAST } from '../contestants/roster.js';
import type { Crew } from '../measure/crew.js';
import { lineLength } from '../measure/server.js';
import { mapFigures, type Standing } from '../measure/standing.js';
import { quantile, type Spread, spreadOf } from '../measure/statistics.js';
import { takeTurns } from '../measure/turns.js';
import type { Turn } from '../workers/line.js';
import type { Lined } from './setting.js';

/** So many that the 99th percentile does not hang on two hand-offs. */
const ROUNDS = 11;
const WAITERS = 50;
const PROCESSES = 5;
/** In ms. */
const HOLD = 5;
/** Between two arrivals, in ms: much longer than it takes to stand in line. */
const PAUSE = 5;
/**
 * In ms: so long that what runs often is compiled, as in processes that have run for a while. The
 * threads that compile take a core, and whoever is to run next waits for it. First all go for a few
 * locks as fast as they can, then comes the workload itself.
 */
const WARM_UP = { rush: 5_000, rehearsal: 10_000 };
const RUSH_LOCKS = 4;
/** A rush before each turn, in ms: in the pause the engine throws some of what it compiled away. */
const RUN_UP = 600;
const LIMIT = 45_000;

/** What 50 waiters in five processes go through that each hold the one lock for 5 ms. */
export interface OneLock {
  /** From the release that lets them in until the last one gives the lock back, by the ideal. */
  readonly drain: Spread;
  /** Pairs of waiters that had the lock in the other order than they came, in a round. */
  readonly inversions: Spread;
  /** Waiters that had the lock before the one before them had given it back, in all rounds. */
  readonly overlaps: number;
  /** In ms, from the call of release until the next holder runs. */
  readonly gapP50: number;
  readonly gapP99: number;
  /** In ms, of a PING by the holder while it holds. */
  readonly pingP50: number;
}

export async function measureOneLock(
  { url, client, rounds = ROUNDS }: Lined,
  entries: readonly Entry[],
  { rush, rehearsal }: typeof WARM_UP = WARM_UP,
): Promise<Standing<OneLock>[]> {
  const drain = async (crew: Crew, { name }: Entry, lock: string): Promise<Round> => {
    // The last of them: then the first waiter is in another process.
    const opener = crew.member(PROCESSES - 1);
    await opener.request('occupy', lock);
    for (let place = 0; place < WAITERS; place += 1) {
      await crew.member(place).request('arrive', lock, [place], HOLD, true);
      await sleep(PAUSE);
      while (name === HOLDFAST && (await lineLength(client, lock)) <= place) await sleep(1);
    }
    const start = await opener.request('vacate');
    const turns = await Promise.all(crew.workers.map((worker) => worker.request('turns')));
    return examine(start, turns.flat());
  };
  const standings = await takeTurns({
    url,
    entries,
    rounds,
    processes: PROCESSES,
    limit: LIMIT,
    warmUp: async (crew, entry) => {
      const end = performance.now() + rush + rehearsal;
      await rushFor(crew, entry, rush);
      for (let round = 0; performance.now() < end; round += 1) {
        await drain(crew, entry, `rehearsal:${entry.name}:${round}`);
      }
    },
    turn: async (crew, entry, round) => {
      await rushFor(crew, entry, RUN_UP);
      return drain(crew, entry, `one:${entry.name}:${round}`);
    },
  });
  return standings.map((standing) => mapFigures(standing, summarize));
}

async function rushFor({ workers }: Crew, { name }: Entry, time: number): Promise<void> {
  const prefix = `rush:${name}`;
  await Promise.all(workers.map((worker) => worker.request('cycle', prefix, RUSH_LOCKS, time)));
}

interface Round {
  readonly drain: number;
  readonly inversions: number;
  readonly gaps: readonly number[];
  readonly pings: readonly number[];
}

function examine(start: bigint, turns: readonly Turn[]): Round {
  const inOrder = turns.toSorted((a, b) => (a.granted < b.granted ? -1 : 1));
  const end = inOrder.at(-1)?.released ?? start;
  const inversions = inOrder.map(
    ({ place }, index) => inOrder.slice(index).filter((later) => later.place < place).length,
  );
  return {
    drain: milliseconds(end - start) / (WAITERS * HOLD),
    inversions: inversions.reduce((sum, count) => sum + count, 0),
    gaps: inOrder.map(({ granted }, index) =>
      milliseconds(granted - (inOrder[index - 1]?.released ?? start)),
    ),
    pings: inOrder.flatMap(({ ping }) => (ping === undefined ? [] : [milliseconds(ping)])),
  };
}

function summarize(rounds: readonly Round[]): OneLock {
  const gaps = rounds.flatMap((round) => round.gaps);
  return {
    drain: spreadOf(rounds.map((round) => round.drain)),
    inversions: spreadOf(rounds.map((round) => round.inversions)),
    overlaps: gaps.filter((gap) => gap < 0).length,
    gapP50: quantile(gaps, 0.5),
    gapP99: quantile(gaps, 0.99),
    pingP50: quantile(
      rounds.flatMap((round) => round.pings),
      0.5,
    ),
  };
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}
