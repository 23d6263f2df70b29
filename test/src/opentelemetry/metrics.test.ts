import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, memoryStore } from '@holdfast/core';
import { METRIC } from '@holdfast/opentelemetry';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { Collected } from './collected.js';

const OUTCOME = 'holdfast.outcome';

test('what waits and what is held is counted as long as it does', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  const lock = await locker.acquire('order:42', { group: 'order' });
  const both = await locker.acquire(['account:1', 'account:2']);
  const waits = locker.acquire('order:42', { group: 'order' });
  const counted = async (metric: string): Promise<unknown> =>
    Object.fromEntries(
      (await told.points(metric)).map(({ attributes, value }) => [
        attributes['holdfast.lock.group'] ?? 'none',
        value,
      ]),
    );
  assert.deepEqual(await counted(METRIC.acquireActive), { order: 1, none: 0 });
  assert.deepEqual(await counted(METRIC.holdActive), { order: 1, none: 2 });
  await lock.release();
  const next = await waits;
  assert.deepEqual(await counted(METRIC.acquireActive), { order: 0, none: 0 });
  assert.deepEqual(await counted(METRIC.holdActive), { order: 1, none: 2 });
  await Promise.all([next.release(), both.release()]);
  assert.deepEqual(await counted(METRIC.holdActive), { order: 0, none: 0 });
});

test('durations are in seconds, by outcome, in buckets from a millisecond to minutes', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  const began = performance.now();
  const lock = await locker.acquire('order:42', { group: 'order' });
  await locker.tryAcquire('order:42', { group: 'order' });
  await lock.release();
  const most = (performance.now() - began) / 1_000;
  assert.deepEqual(await told.counts(METRIC.acquireDuration, OUTCOME), { granted: 1, busy: 1 });
  const [held, ...others] = await told.points<Histogram>(METRIC.holdDuration);
  assert.ok(held !== undefined && others.length === 0);
  assert.deepEqual(held.attributes, { 'holdfast.lock.group': 'order', [OUTCOME]: 'released' });
  const { sum = NaN, count, buckets } = held.value;
  assert.equal(count, 1);
  assert.ok(sum > 0 && sum <= most, `${sum} of ${most} s`);
  const { boundaries } = buckets;
  assert.deepEqual([boundaries[0], boundaries.at(-1)], [0.001, 300]);
});

test('losses are counted by reason, and renewals by outcome, in the group of the lock', async () => {
  const store = memoryStore();
  await using locker = await createLocker({ store });
  await using elsewhere = await createLocker({ store });
  const other = new Collected();
  await using told = new Collected({ group: () => 'by name' });
  await other[Symbol.asyncDispose]();
  const lock = await locker.acquire('order:42', { group: 'order' });
  const set = await locker.acquire(['account:1', 'account:2']);
  await lock.renew();
  await set.renew();
  // Given back by another locker, and by force.
  await (await elsewhere.adopt(lock.toJSON())).release();
  await locker.forceRelease('account:2');
  await assert.rejects(lock.renew(), { code: 'LOCK_LOST' });
  await assert.rejects(set.renew(), { code: 'LOCK_LOST' });
  const seen = async (metric: string, by: string): Promise<unknown> =>
    (await told.points(metric))
      .map(({ attributes, value }) => [attributes['holdfast.lock.group'], attributes[by], value])
      .map(String)
      .toSorted();
  assert.deepEqual(await seen(METRIC.losses, 'holdfast.loss.reason'), [
    'by name,forced,1',
    'order,gone,1',
  ]);
  const renewals = await seen(METRIC.renewals, OUTCOME);
  for (const expected of ['order,renewed,1', 'by name,renewed,2', 'by name,lost,1']) {
    assert.ok((renewals as string[]).includes(expected), String(renewals));
  }
  assert.equal(await told.total(METRIC.holdActive), 0);
});

test('an adoption is a hold, and no wait', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  const lock = await locker.acquire('order:42');
  await using told = new Collected();
  const adopted = await locker.adopt(lock.handOver());
  await adopted.release();
  assert.deepEqual(await told.counts(METRIC.acquireDuration, OUTCOME), {});
  assert.deepEqual(await told.points(METRIC.acquireActive), []);
  assert.deepEqual(await told.counts(METRIC.holdDuration, OUTCOME), { released: 1 });
});
