import type { Entry } from '../contestants/roster.js';
import type { Crew } from '../measure/crew.js';
import { serverCpu } from '../measure/server.js';
import { type Spread, spreadOf } from '../measure/statistics.js';
import { mapFigures, type Standing } from '../measure/standing.js';
import { takeTurns } from '../measure/turns.js';
import type { Observed } from './setting.js';

const ROUNDS = 5;
/** In ms. */
const ROUND_TIME = 400;
/** So long that what runs often is compiled, as in a process that has run for a while. */
const WARM_UP = 4_000;
/** Before each turn, since in the pause the engine throws some of that away. */
const RUN_UP = 600;
const LIMIT = 20_000;

/** What callers in one process do, each on a lock of its own. */
export interface DistinctLocks {
  /** Acquire and release: cycles per second. */
  readonly cycles: Spread;
  /** Microseconds of CPU time per cycle. */
  readonly clientCpu: Spread;
  readonly redisCpu: Spread;
}

export interface DistinctLocksRow {
  readonly callers: number;
  readonly standings: readonly Standing<DistinctLocks>[];
}

export async function measureDistinctLocks(
  { url, client, rounds = ROUNDS }: Observed,
  entries: readonly Entry[],
  callers: number,
): Promise<DistinctLocksRow> {
  const turn = async ({ worker }: Crew, { name }: Entry): Promise<Round> => {
    await worker.request('cycle', name, callers, RUN_UP);
    const before = await serverCpu(client);
    const { count, seconds, cpu } = await worker.request('cycle', name, callers, ROUND_TIME);
    const redis = (await serverCpu(client)) - before;
    return { cycles: count / seconds, clientCpu: cpu / count, redisCpu: redis / count };
  };
  const standings = await takeTurns({
    url,
    entries,
    rounds,
    processes: 1,
    limit: LIMIT,
    warmUp: ({ worker }, { name }) => worker.request('cycle', name, callers, WARM_UP),
    turn,
  });
  return { callers, standings: standings.map((standing) => mapFigures(standing, summarize)) };
}

interface Round {
  readonly cycles: number;
  readonly clientCpu: number;
  readonly redisCpu: number;
}

function summarize(rounds: readonly Round[]): DistinctLocks {
  return {
    cycles: spreadOf(rounds.map((round) => round.cycles)),
    clientCpu: spreadOf(rounds.map((round) => round.clientCpu)),
    redisCpu: spreadOf(rounds.map((round) => round.redisCpu)),
  };
}
