import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Backlog } from '../../../packages/core/dist/redis/backlog.js';
import { seededRandom } from '../engine/seeded-random.js';

interface Entry {
  readonly id: number;
  readonly giveUpAt: number;
}

describe('what waits for a connection', () => {
  test('is taken in the order in which it came, none twice, whatever comes between', () => {
    const random = seededRandom(7);
    const backlog = new Backlog<Entry>();
    const taken: number[] = [];
    let pushed = 0;
    for (let step = 0; step < 2_000; step += 1) {
      for (let more = random() * 6; more >= 1; more -= 1) {
        backlog.push({ id: pushed++, giveUpAt: 0 });
      }
      taken.push(...backlog.take(Math.floor(random() * 6)).map(({ id }) => id));
      assert.equal(backlog.length, pushed - taken.length);
    }
    taken.push(...backlog.takeAll().map(({ id }) => id));
    assert.equal(backlog.length, 0);
    assert.deepEqual(
      taken,
      Array.from({ length: pushed }, (_, id) => id),
    );
  });

  test('loses what is overdue, and keeps the rest in its order', () => {
    const backlog = new Backlog<Entry>();
    for (const [id, giveUpAt] of [9, 30, 10, 20, 40].entries()) backlog.push({ id, giveUpAt });
    assert.deepEqual(
      backlog.take(1).map(({ id }) => id),
      [0],
    );
    assert.equal(backlog.earliest, 10);
    assert.deepEqual(
      backlog.takeOverdue(20).map(({ id }) => id),
      [2, 3],
    );
    assert.equal(backlog.earliest, 30);
    assert.deepEqual(
      backlog.takeAll().map(({ id }) => id),
      [1, 4],
    );
    assert.equal(backlog.earliest, Infinity);
  });
});
