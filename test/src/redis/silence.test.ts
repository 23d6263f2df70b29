import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Silence } from '../../../packages/core/dist/redis/silence.js';

/** When it is over, if it is looked at as soon as that is due, and then at each of these moments. */
function end(silence: Silence, ...moments: number[]): number {
  for (;;) {
    const now = moments.shift() ?? silence.due;
    if (silence.over(now)) return now;
  }
}

describe('a silence', () => {
  test('is over after its time', () => {
    assert.equal(end(new Silence(100, 50)), 150);
  });

  test('is not over for a stall of our own, however long: four fifths of it are left', () => {
    assert.equal(end(new Silence(100, 50), 10_000), 10_040);
  });

  test('is over in the end, also if our own process stalls again and again', () => {
    assert.equal(end(new Silence(0, 50), 1_000, 2_000, 3_000, 4_000, 5_000), 5_000);
  });

  test('is not nearer to its end for looks that come early', () => {
    assert.equal(end(new Silence(100, 50), 101, 102, 103, 104, 105, 106), 150);
  });

  test('begins anew when something is heard', () => {
    const silence = new Silence(0, 50);
    for (const now of [10, 20, 30, 40]) assert.equal(silence.over(now), false);
    silence.broken(45);
    assert.equal(end(silence), 95);
  });
});
