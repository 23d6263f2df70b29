import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, memoryStore } from '@holdfast/core';

/** So many that it is seen when each of them looks at all others. */
const WAITS = 10_000;

/** The milliseconds of work with which as many waits begin and end as there are controllers. */
type Measure = (controllers: readonly AbortController[]) => Promise<number>;

const endedTogether: Measure = async (controllers) => {
  await using locker = await createLocker({ store: memoryStore() });
  await using _ = await locker.acquire('order:42', { ttl: '1h' });
  const reason = new Error('enough');
  const begin = process.cpuUsage();
  const waits = controllers.map(({ signal }) => locker.acquire('order:42', { signal }));
  const ended = Promise.allSettled(waits);
  for (const controller of controllers) controller.abort(reason);
  const results = await ended;
  const { user, system } = process.cpuUsage(begin);
  assert.ok(results.every(({ status }) => status === 'rejected'));
  return (user + system) / 1_000;
};

const endedOneByOne: Measure = async (controllers) => {
  await using locker = await createLocker({ store: memoryStore() });
  const begin = process.cpuUsage();
  const calls = controllers.map(({ signal }, index) =>
    locker.acquire(`${index}`, { signal, ttl: '1h' }),
  );
  const locks = await Promise.all(calls);
  const { user, system } = process.cpuUsage(begin);
  assert.ok(locks.every(({ held }) => held));
  return (user + system) / 1_000;
};

function repeated(controller: AbortController): AbortController[] {
  return Array.from({ length: WAITS }, () => controller);
}

/** Collections of garbage come when they come: they are in the worse of the runs. */
async function best(measure: Measure, controllers: () => AbortController[]): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < 2; run += 1) least = Math.min(least, await measure(controllers()));
  return least;
}

for (const [how, measure] of Object.entries({
  'that end together': endedTogether,
  'that end one by one': endedOneByOne,
})) {
  test(`one signal for many waits ${how} is less work than one for each`, async () => {
    const own = await best(measure, () =>
      Array.from({ length: WAITS }, () => new AbortController()),
    );
    const shared = await best(measure, () => repeated(new AbortController()));
    assert.ok(shared < own, `${shared.toFixed(0)} ms, with one each ${own.toFixed(0)} ms`);
  });
}
