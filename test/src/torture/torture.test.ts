/** The short form of `npm run torture`. A failure says which seed; the long form takes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTempFolder } from '@holdfast/support';
import { lossesAt } from './nemesis/losses.js';
import { planOf } from './nemesis/plan.js';
import { figuresOf } from './report/figures.js';
import { storyOf } from './report/story.js';
import { tableOf } from './report/table.js';
import { drawTimeline } from './report/timeline.js';
import { worstMinute } from './report/worst-minute.js';
import type { Topology } from './stage/servers.js';
import { type Outcome, torture } from './torture.js';

const SEED = 7;
const WORKERS = 8;
const WAYS = Object.keys(lossesAt('single'));
const TERMS = { seed: SEED, workers: WORKERS, outwaitsLines: false };

function assertKept(outcome: Outcome): void {
  const { verdict, history } = outcome;
  const stories = verdict.violations.slice(0, 5).map((violation) => storyOf(violation, history));
  if (stories.length === 0) return;
  assert.fail([tableOf(outcome, figuresOf(outcome)), ...stories].join('\n\n'));
}

/** In ms. On a busy machine so little can happen that there is nothing to judge: then for longer. */
const DURATIONS = [30_000, 120_000];

test('every promise is kept while a nemesis does its worst', async (t) => {
  let judged: Readonly<Record<string, number>> = {};
  for (const duration of DURATIONS) {
    await using folder = await makeTempFolder();
    const terms = { ...TERMS, duration, losing: [] };
    const outcome = await torture({ ...terms, folder: folder.path });
    assertKept(outcome);
    const figures = figuresOf(outcome);
    t.diagnostic(`${figures.grants} grants, ${outcome.faults.length} faults`);
    const picture = drawTimeline(outcome, worstMinute(outcome, figures.longestGap));
    assert.match(picture, /^<svg/);
    // It was a torture, and there was something to judge.
    assert.deepEqual(
      outcome.faults.map(({ kind }) => kind).toSorted(),
      planOf({ ...terms, slots: WORKERS })
        .map(({ kind }) => kind)
        .toSorted(),
    );
    assert.ok((figures.faults.get('planned failover') ?? 0) > 0);
    const { handOffs, compared, adopted, decorated, shared, limited } = figures;
    judged = { handOffs, compared, adopted, decorated, shared, limited };
    if (Math.min(...Object.values(judged)) > 0) return;
  }
  assert.fail(`There was nothing to judge of some kind: ${JSON.stringify(judged)}`);
});

test('tokens rise and the register refuses what is stale when the server loses data', async () => {
  await using folder = await makeTempFolder();
  const terms = { ...TERMS, duration: 10_000, losing: WAYS };
  assertKept(await torture({ ...terms, folder: folder.path }));
});

test('the same seed makes the same plan, and another seed another one', () => {
  const terms = { seed: SEED, duration: 60_000, slots: WORKERS, losing: [] };
  assert.deepEqual(planOf(terms), planOf(terms));
  assert.notDeepEqual(planOf(terms), planOf({ ...terms, seed: SEED + 1 }));
  const kindsAt = (topology: Topology, losing: readonly string[]): Set<string> =>
    new Set(planOf({ ...terms, topology, losing }).map(({ kind }) => kind));
  assert.ok(kindsAt('cluster', []).has('slot moved'));
  assert.ok(!kindsAt('cluster', []).has('killed-and-replaced'));
  assert.ok(kindsAt('sentinel', Object.keys(lossesAt('sentinel'))).has('killed-and-replaced'));
  const without = planOf({ ...terms, without: ['planned failover'] });
  assert.ok(!without.some(({ kind }) => kind === 'planned failover'));
});
