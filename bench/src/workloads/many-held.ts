import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../contestants/roster.js';
import type { Crew } from '../measure/crew.js';
import { commandsSent, serverCpu } from '../measure/server.js';
import { mapFigures, type Standing } from '../measure/standing.js';
import { type Spread, spreadOf } from '../measure/statistics.js';
import { takeTurns } from '../measure/turns.js';
import type { Setting } from './setting.js';

const ROUNDS = 2;
const LOCKS = 10_000;
/** In ms, as all that follows. */
const LEASE = 3_000;
/** Until the renewals have found their rhythm. */
const SETTLING = 1_000;
/** Two renewals of those that renew last, at four fifths of the lease. */
const WATCH = 4_800;
const LIMIT = 40_000;

/** What it takes to keep 10,000 locks in one process, with a lease of 3 s. */
export interface ManyHeld {
  readonly commandsPerSecond: Spread;
  /** Percent of one core. */
  readonly clientCpu: Spread;
  readonly redisCpu: Spread;
  /** How late timers are, in ms. */
  readonly delayP99: Spread;
  /** Of all rounds. */
  readonly lost: number;
}

export async function measureManyHeld(
  { url, client, rounds = ROUNDS }: Setting,
  entries: readonly Entry[],
): Promise<Standing<ManyHeld>[]> {
  const turn = async ({ worker }: Crew, { name, sends }: Entry): Promise<Round> => {
    await client.flushAll();
    await worker.request('keep', `kept:${name}`, LOCKS, LEASE);
    await sleep(SETTLING);
    const [sentBefore, cpuBefore] = [await commandsSent(client, sends), await serverCpu(client)];
    const { cpu, delayP99 } = await worker.request('upkeep', WATCH);
    const [sent, redis] = [await commandsSent(client, sends), await serverCpu(client)];
    const left = await client.keys('*kept:*');
    return {
      commandsPerSecond: ((sent - sentBefore) * 1_000) / WATCH,
      clientCpu: cpu,
      redisCpu: (redis - cpuBefore) / WATCH / 10,
      delayP99,
      lost: LOCKS - left.length,
    };
  };
  const renewing = entries.filter(({ renews }) => renews !== 'never');
  const contest = { url, entries: renewing, rounds, processes: 1, fresh: true, limit: LIMIT, turn };
  const standings = await takeTurns(contest);
  await client.flushAll();
  return standings.map((standing) => mapFigures(standing, summarize));
}

interface Round {
  readonly commandsPerSecond: number;
  readonly clientCpu: number;
  readonly redisCpu: number;
  readonly delayP99: number;
  readonly lost: number;
}

function summarize(rounds: readonly Round[]): ManyHeld {
  return {
    commandsPerSecond: spreadOf(rounds.map((round) => round.commandsPerSecond)),
    clientCpu: spreadOf(rounds.map((round) => round.clientCpu)),
    redisCpu: spreadOf(rounds.map((round) => round.redisCpu)),
    delayP99: spreadOf(rounds.map((round) => round.delayP99)),
    lost: rounds.reduce((sum, round) => sum + round.lost, 0),
  };
}
