import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Pace } from '../../../packages/core/dist/redis/wake/pace.js';

suite('the pace of wake channels', () => {
  test('lets the first be opened at once, and one after another that lasted', () => {
    const pace = new Pace();
    assert.equal(pace.delay(0), 0);
    pace.ended(0, 5_000);
    assert.equal(pace.delay(5_000), 0);
  });

  test('slows down while they do not last, to one each second', () => {
    const pace = new Pace();
    const delays = Array.from({ length: 7 }, (_, time) => {
      pace.ended(time, time);
      return pace.delay(time);
    });
    assert.deepEqual(delays, [50, 100, 200, 400, 800, 1_000, 1_000]);
  });

  test('is as it was in the beginning when one has lasted', () => {
    const pace = new Pace();
    for (let time = 0; time < 5; time += 1) pace.ended(time, time);
    pace.ended(10, 5_010);
    pace.ended(5_010, 5_010);
    assert.equal(pace.delay(5_010), 50);
  });

  test('has nobody wait for a pause that is over', () => {
    const pace = new Pace();
    pace.ended(0, 10);
    assert.equal(pace.delay(40), 20);
    assert.equal(pace.delay(61), 0);
  });
});
