import type { Entry } from '../contestants/roster.js';
import { type Spread, spreadOf } from '../measure/statistics.js';
import { mapFigures, type Standing } from '../measure/standing.js';
import { takeTurns } from '../measure/turns.js';
import type { Setting } from './setting.js';

const ROUNDS = 5;
/** In ms, for one lock and for two. */
const ROUND_TIME = 400;
const WARM_UP = 2_000;
const RUN_UP = 300;
const LIMIT = 20_000;
const LOCKS = 2;

/** What callers in one process do that take two free locks as one, and what they do with one. */
export interface SeveralLocks {
  /** Acquire and release of two: cycles per second. */
  readonly cycles: Spread;
  /** The time of a cycle with two, by that of a cycle with one in the same round. */
  readonly timeByOne: Spread;
}

export interface SeveralLocksRow {
  readonly callers: number;
  readonly standings: readonly Standing<SeveralLocks>[];
}

interface Round {
  readonly one: number;
  readonly two: number;
}

export async function measureSeveralLocks(
  { url, rounds = ROUNDS }: Setting,
  entries: readonly Entry[],
  callers: number,
): Promise<SeveralLocksRow> {
  const standings = await takeTurns<Round>({
    url,
    entries,
    rounds,
    processes: 1,
    limit: LIMIT,
    warmUp: async ({ worker }, { name }) => {
      await worker.request('cycle', name, callers, WARM_UP);
      await worker.request('cycleSeveral', name, callers, WARM_UP, LOCKS);
    },
    turn: async ({ worker }, { name }) => {
      await worker.request('cycle', name, callers, RUN_UP);
      const one = await worker.request('cycle', name, callers, ROUND_TIME);
      await worker.request('cycleSeveral', name, callers, RUN_UP, LOCKS);
      const two = await worker.request('cycleSeveral', name, callers, ROUND_TIME, LOCKS);
      return { one: one.count / one.seconds, two: two.count / two.seconds };
    },
  });
  return { callers, standings: standings.map((standing) => mapFigures(standing, summarize)) };
}

function summarize(rounds: readonly Round[]): SeveralLocks {
  return {
    cycles: spreadOf(rounds.map(({ two }) => two)),
    timeByOne: spreadOf(rounds.map(({ one, two }) => one / two)),
  };
}
