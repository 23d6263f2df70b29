import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, memoryStore } from '@holdfast/core';

const FEW = 2_000;
const MANY = 20_000;

/** Ten times as many take ten times as long; what looks at each for each takes a hundred times. */
const LIMIT = 40;

/** Milliseconds in which so many waits with one signal begin and end. */
type Measure = (count: number) => Promise<number>;

const endedTogether: Measure = async (count) => {
  await using locker = await createLocker({ store: memoryStore() });
  await using _ = await locker.acquire('order:42');
  const controller = new AbortController();
  const { signal } = controller;
  const begin = performance.now();
  const waits = Array.from({ length: count }, () => locker.acquire('order:42', { signal }));
  const ended = Promise.allSettled(waits);
  controller.abort(new Error('enough'));
  const results = await ended;
  const time = performance.now() - begin;
  assert.ok(results.every(({ status }) => status === 'rejected'));
  return time;
};

const endedOneByOne: Measure = async (count) => {
  await using locker = await createLocker({ store: memoryStore() });
  const { signal } = new AbortController();
  const begin = performance.now();
  const calls = Array.from({ length: count }, (_, index) => locker.acquire(`${index}`, { signal }));
  const locks = await Promise.all(calls);
  const time = performance.now() - begin;
  assert.ok(locks.every(({ held }) => held));
  return time;
};

/** Whatever else the machine does makes it slower, not faster. */
async function best(measure: Measure, count: number): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < 3; run += 1) least = Math.min(least, await measure(count));
  return least;
}

for (const [how, measure] of Object.entries({
  'that end together': endedTogether,
  'that end one by one': endedOneByOne,
})) {
  test(`waits with one signal ${how} take time in proportion to their number`, async () => {
    const few = await best(measure, FEW);
    const many = await best(measure, MANY);
    const report = `${FEW} waits: ${few.toFixed(1)} ms, ${MANY} waits: ${many.toFixed(1)} ms`;
    assert.ok(many / few < LIMIT, report);
  });
}
