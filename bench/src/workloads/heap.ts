import type { Entry } from '../contestants/roster.js';
import type { Crew } from '../measure/crew.js';
import { mapFigures, type Standing } from '../measure/standing.js';
import { type Spread, spreadOf } from '../measure/statistics.js';
import { takeTurns } from '../measure/turns.js';
import type { Setting } from './setting.js';

const ROUNDS = 3;
const LOCKS = 10_000;
const WAITERS = 1_000;
/** In ms. */
const LIMIT = 20_000;

/** What stays on the heap after a garbage collection, in bytes. */
export interface Heap {
  readonly perLock: Spread;
  readonly perWaiter: Spread;
}

export async function measureHeap(
  { url, client, rounds = ROUNDS }: Setting,
  entries: readonly Entry[],
): Promise<Standing<Heap>[]> {
  const turn = async ({ worker }: Crew, { name }: Entry): Promise<Round> => {
    await client.flushAll();
    return {
      perLock: await worker.request('heapPerLock', `heap:${name}`, LOCKS),
      perWaiter: await worker.request('heapPerWaiter', `heap:${name}:waited-for`, WAITERS),
    };
  };
  const contest = { url, entries, rounds, processes: 1, fresh: true, limit: LIMIT, turn };
  const standings = await takeTurns(contest);
  await client.flushAll();
  return standings.map((standing) => mapFigures(standing, summarize));
}

interface Round {
  readonly perLock: number;
  readonly perWaiter: number;
}

function summarize(rounds: readonly Round[]): Heap {
  return {
    perLock: spreadOf(rounds.map((round) => round.perLock)),
    perWaiter: spreadOf(rounds.map((round) => round.perWaiter)),
  };
}
