import { setTimeout as elapse } from 'node:timers/promises';
import { now } from './clock.js';
import { judge, type Verdict } from './checks/judge.js';
import type { Disturbance } from './history/disturbance.js';
import { type History, historyOf } from './history/history.js';
import { readLines } from './history/reader.js';
import type { Entry, RegisterEntry } from './history/record.js';
import { Nemesis } from './nemesis/nemesis.js';
import { planOf } from './nemesis/plan.js';
import type { Options } from './options.js';
import { remainingKeys } from './stage/remaining-keys.js';
import { Stage } from './stage/stage.js';

export interface Outcome {
  readonly history: History;
  readonly verdict: Verdict;
  /** What the nemesis did. */
  readonly faults: readonly Disturbance[];
  readonly options: Options;
  readonly begin: number;
  /** In ms. */
  readonly duration: number;
  /** See `Servers`. */
  readonly surprises: number;
}

/** Lets a crew work while a nemesis does its worst, and judges what they wrote down. */
export async function torture(options: Options): Promise<Outcome> {
  const { topology = 'single', seed, workers, losing, grace = 0, duration } = options;
  const { folder, without = [] } = options;
  const terms = { topology, seed, losing, grace };
  await using stage = await Stage.open({ ...terms, workers, folder });
  stage.lineWatch.start();
  const begin = now();
  const nemesis = new Nemesis(stage);
  await nemesis.carryOut(planOf({ ...terms, duration, slots: workers, without }), begin);
  await elapse(Math.max(0, begin + duration - now()));
  const { crew, network, lineWatch, servers } = stage;
  await crew.finish();
  const keys = await remainingKeys(servers, options.outwaitsLines);
  const evidence = {
    keepsData: losing.length === 0,
    grace,
    journals: await Promise.all(
      crew.members.map(async ({ worker, slot, journal }) => {
        return { worker, slot, entries: await readLines<Entry>(journal) };
      }),
    ),
    disturbances: [...nemesis.disturbances, ...network.lags, ...lineWatch.slowness],
    deaths: crew.deaths,
    register: await readLines<RegisterEntry>(stage.registerLog),
    lined: lineWatch.lined,
    remains: [...crew.remains, ...keys],
  };
  const history = historyOf(evidence);
  const faults = nemesis.disturbances;
  const { surprises } = servers;
  const verdict = judge(history);
  return { history, verdict, faults, options, begin, duration: now() - begin, surprises };
}
