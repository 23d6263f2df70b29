import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../contestants/roster.js';
import type { Crew } from '../measure/crew.js';
import { commandsSent, untilAllWait } from '../measure/server.js';
import { mapFigures, type Standing } from '../measure/standing.js';
import { type Spread, spreadOf } from '../measure/statistics.js';
import { takeTurns } from '../measure/turns.js';
import type { Lined } from './setting.js';

/** What is counted hardly differs from one to the next. */
const ROUNDS = 1;
const PROCESSES = 5;
/** In ms, as all that follows. */
const HOLD = 5;
/** As long as the interval at which those that are woken look again, all the same. */
const QUIET_WHEN_WOKEN = 5_000;
const QUIET_WHEN_POLLING = 1_000;
/**
 * Lines that do not end before are watched only so long. All in all, nobody waits for a third of the
 * ttl: Holdfast renews a lock as soon as it is granted if its waiter asked for it before that.
 */
const WATCH = 3_000;
const LIMIT = 40_000;

/** What a line of waiters costs the server, as in the workload with one lock. */
export interface LongLine {
  /** Commands of clients, by the hand-offs that were seen. */
  readonly commandsPerHandOff: Spread;
  /** Commands of clients in a second while all wait and nothing happens. */
  readonly commandsWhileWaiting: Spread;
}

export interface LongLineRow {
  readonly waiters: number;
  readonly standings: readonly Standing<LongLine>[];
}

export async function measureLongLine(
  { url, client, rounds = ROUNDS }: Lined,
  entries: readonly Entry[],
  waiters: number,
  { quietTime = true }: { readonly quietTime?: boolean } = {},
): Promise<LongLineRow> {
  const turn = async (crew: Crew, entry: Entry, round: number): Promise<Round> => {
    const { name, sends, waits } = entry;
    const lock = `long:${name}:${waiters}:${round}`;
    await crew.worker.request('occupy', lock);
    for (const [index, worker] of crew.workers.entries()) {
      const places = Array.from({ length: waiters / PROCESSES }, (_, n) => n * PROCESSES + index);
      await worker.request('arrive', lock, places, HOLD, false);
    }
    await untilAllWait(client, entry, lock, waiters);

    const quiet = waits === 'polling' ? QUIET_WHEN_POLLING : QUIET_WHEN_WOKEN;
    const before = await commandsSent(client, sends);
    if (quietTime) await sleep(quiet);
    const waiting = await commandsSent(client, sends);

    await crew.worker.request('vacate');
    const turns = Promise.all(crew.workers.map((worker) => worker.request('turns')));
    await Promise.race([turns, sleep(WATCH, undefined, { ref: false })]);
    const served = await Promise.all(crew.workers.map((worker) => worker.request('served')));
    const after = await commandsSent(client, sends);
    // The release that let the first one in, too.
    const handOffs = served.reduce((sum, count) => sum + count, 1);
    return {
      commandsPerHandOff: (after - waiting) / handOffs,
      commandsWhileWaiting: ((waiting - before) * 1_000) / quiet,
    };
  };
  const standings = await takeTurns({
    url,
    entries,
    rounds,
    processes: PROCESSES,
    // The line may not have ended.
    fresh: true,
    limit: LIMIT,
    turn,
  });
  return { waiters, standings: standings.map((standing) => mapFigures(standing, summarize)) };
}

interface Round {
  readonly commandsPerHandOff: number;
  readonly commandsWhileWaiting: number;
}

function summarize(rounds: readonly Round[]): LongLine {
  return {
    commandsPerHandOff: spreadOf(rounds.map((round) => round.commandsPerHandOff)),
    commandsWhileWaiting: spreadOf(rounds.map((round) => round.commandsWhileWaiting)),
  };
}
