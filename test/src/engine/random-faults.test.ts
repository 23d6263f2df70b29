import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HoldfastError, type Lock } from '@holdfast/core';
import type { ControlledClock } from './controlled-clock.js';
import {
  cutAfter,
  cutAndLate,
  cutBefore,
  delivered,
  type Fate,
  lostReply,
  lostRequest,
  refused,
  slow,
  twice,
} from './fate.js';
import { type Party, Rig } from './rig.js';
import { seededRandom } from './seeded-random.js';

type Random = () => number;

const NAMES = ['a', 'b'];
const STEP = 11;
const STEPS = 1_000;

describe('random faults', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    test(`never give one lock to two, and leave nothing behind (seed ${seed})`, async () => {
      await using rig = new Rig();
      const random = seededRandom(seed);
      const parties = [await rig.party(1_000), await rig.party(1_000), await rig.party(1_000)];
      const run: Run = { rig, random, locks: new Map(), acquired: 0, over: false };
      const workers = parties.flatMap((party) =>
        [1, 2, 3, 4].map(() => rig.watch(work(run, party))),
      );
      for (let step = 0; step < STEPS; step += 1) {
        for (const { line } of parties) disturb(random, line);
        await rig.clock.advance(STEP);
        for (const name of NAMES) assertOneHolder(run, name);
      }
      run.over = true;
      for (const { line } of parties) line.heal();
      await rig.clock.advance(60_000);
      for (const worker of workers) {
        if (worker.reason !== undefined) throw worker.reason;
        assert.equal(worker.state, 'fulfilled');
      }
      assert.ok(run.acquired > 20, `only ${run.acquired} locks were acquired`);
      assert.equal(rig.clock.timers, 0);
      assert.equal(rig.server.size, 0);
    });
  }
});

interface Run {
  readonly rig: Rig;
  readonly random: Random;
  /** What was acquired by name, in the order in which the callers learned it. */
  readonly locks: Map<string, Lock[]>;
  acquired: number;
  over: boolean;
}

/** Takes locks, works, and gives them back, in most of the ways in which a caller can. */
async function work(run: Run, { locker }: Party): Promise<void> {
  const { random, rig } = run;
  while (!run.over) {
    const name = pick(random, NAMES);
    const abort = new AbortController();
    if (random() < 0.2) rig.clock.later(random() * 500, () => abort.abort(new Aborted()));
    try {
      const lock = await locker.acquire(name, {
        ttl: pick(random, [30, 200, 1_000]),
        waitTimeout: pick(random, [0, 100, 2_000]),
        renew: random() < 0.8,
        signal: abort.signal,
      });
      note(run, lock);
      await pause(rig.clock, random() * 60);
      if (random() < 0.2) await lock.renew(pick(random, [50, 500])).catch(assertOurs);
      await (random() < 0.5 ? lock.release() : lock[Symbol.asyncDispose]());
    } catch (error) {
      assertOurs(error);
    }
    await pause(rig.clock, 1 + random() * 20);
  }
}

class Aborted extends Error {}

function assertOurs(error: unknown): void {
  assert.ok(error instanceof HoldfastError || error instanceof Aborted, String(error));
}

function note(run: Run, lock: Lock): void {
  run.acquired += 1;
  const locks = run.locks.get(lock.name) ?? [];
  const last = locks.at(-1);
  assert.ok(
    last === undefined || lock.fencingToken > last.fencingToken,
    `fencing token ${lock.fencingToken} after ${last?.fencingToken}`,
  );
  run.locks.set(lock.name, [...locks.filter(({ held }) => held), lock]);
  assertOneHolder(run, lock.name);
}

function assertOneHolder(run: Run, name: string): void {
  const holders = (run.locks.get(name) ?? []).filter(({ held }) => held);
  assert.ok(holders.length <= 1, `${holders.length} hold ${name}`);
}

/** Decides what becomes of the next operations and pushes, and now and then of the connection. */
function disturb(random: Random, line: Party['line']): void {
  line.heal();
  for (const kind of ['acquire', 'renew', 'release', 'cancel'] as const) {
    line.next(kind, randomFate(random), randomFate(random), randomFate(random));
  }
  if (random() < 0.3) line.nextPush(pick(random, [[], [random() * 300], [0, random() * 300]]));
  if (random() < 0.02) line.reconnect();
}

function randomFate(random: Random): Fate {
  const late = random() * 300;
  if (random() < 0.7) return random() < 0.5 ? delivered : slow(random() * 20, random() * 20);
  return pick(random, [
    slow(late, late),
    lostRequest,
    lostReply,
    cutBefore,
    cutAfter,
    cutAndLate(late),
    twice(late),
    refused,
  ]);
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

function pause(clock: ControlledClock, time: number): Promise<void> {
  return new Promise((resolve) => {
    clock.later(time, resolve);
  });
}
