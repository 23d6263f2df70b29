import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Backlog } from '../../../packages/core/dist/redis/commit/backlog.js';
import { seededRandom } from '../engine/seeded-random.js';

describe('what waits for a connection', () => {
  test('is taken in the order in which it came, none twice, whatever comes between', () => {
    const random = seededRandom(7);
    const backlog = new Backlog<number>();
    const taken: number[] = [];
    let pushed = 0;
    for (let step = 0; step < 4_000; step += 1) {
      // More comes than goes at first, then less.
      for (let more = random() * (step < 2_000 ? 8 : 4); more >= 1; more -= 1) {
        backlog.push(pushed++);
      }
      const next = backlog.length > 0 ? taken.length : undefined;
      assert.equal(backlog.at(0), next);
      taken.push(...backlog.take(Math.floor(random() * 6)));
      assert.equal(backlog.length, pushed - taken.length);
    }
    taken.push(...backlog.take(Infinity));
    assert.deepEqual(backlog.take(1), []);
    assert.deepEqual(
      taken,
      Array.from({ length: pushed }, (_, id) => id),
    );
  });

  test('loses what is not to be kept, and keeps the rest in its order', () => {
    const backlog = new Backlog<number>();
    for (const entry of [9, 30, 10, 20, 40]) backlog.push(entry);
    assert.deepEqual(backlog.take(1), [9]);
    assert.equal(backlog.at(2), 20);
    assert.deepEqual(
      backlog.sift((entry) => entry > 20),
      [10, 20],
    );
    assert.deepEqual(backlog.take(3), [30, 40]);
    assert.equal(backlog.length, 0);
  });
});
