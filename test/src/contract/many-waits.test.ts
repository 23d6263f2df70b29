import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, memoryStore } from '@holdfast/core';

/** So many that it is seen when each of them looks at all others. */
const WAITS = 20_000;

/** One signal is less work than one for each. What looks at all others took four to six times as long. */
const LIMIT = 2;

/** Milliseconds in which as many waits begin and end as there are controllers. */
type Measure = (controllers: readonly AbortController[]) => Promise<number>;

const endedTogether: Measure = async (controllers) => {
  await using locker = await createLocker({ store: memoryStore() });
  await using _ = await locker.acquire('order:42');
  const reason = new Error('enough');
  const begin = performance.now();
  const waits = controllers.map(({ signal }) => locker.acquire('order:42', { signal }));
  const ended = Promise.allSettled(waits);
  for (const controller of controllers) controller.abort(reason);
  const results = await ended;
  const time = performance.now() - begin;
  assert.ok(results.every(({ status }) => status === 'rejected'));
  return time;
};

const endedOneByOne: Measure = async (controllers) => {
  await using locker = await createLocker({ store: memoryStore() });
  const begin = performance.now();
  const calls = controllers.map(({ signal }, index) => locker.acquire(`${index}`, { signal }));
  const locks = await Promise.all(calls);
  const time = performance.now() - begin;
  assert.ok(locks.every(({ held }) => held));
  return time;
};

function repeated(controller: AbortController): AbortController[] {
  return Array.from({ length: WAITS }, () => controller);
}

/** Whatever else the machine does makes it slower, not faster. */
async function best(measure: Measure, controllers: () => AbortController[]): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < 2; run += 1) least = Math.min(least, await measure(controllers()));
  return least;
}

for (const [how, measure] of Object.entries({
  'that end together': endedTogether,
  'that end one by one': endedOneByOne,
})) {
  test(`one signal for many waits ${how} is no more work than one for each`, async () => {
    const own = await best(measure, () =>
      Array.from({ length: WAITS }, () => new AbortController()),
    );
    const shared = await best(measure, () => repeated(new AbortController()));
    assert.ok(shared < own * LIMIT, `${shared.toFixed(0)} ms, with one each ${own.toFixed(0)} ms`);
  });
}
