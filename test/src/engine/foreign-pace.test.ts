import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ForeignPace } from '../../../packages/core/dist/engine/claim/foreign-pace.js';

const heard = (value: string, mustAsk = true) =>
  ({ holderTtl: 60_000, holder: { kind: 'foreign', value }, mustAsk }) as const;

/** How often the first in line asks in so many ms, if each answer comes at once. */
function asks(pace: ForeignPace, key: string, from: number, time: number, value: string): number {
  let count = 0;
  for (let now = from; now < from + time; count += 1) {
    now += pace.after(key, heard(value), now) as number;
  }
  return count;
}

suite('behind a foreign holder', () => {
  test('the first in line asks up to 100 times a second, and less often of one that stays', () => {
    const pace = new ForeignPace();
    assert.equal(asks(pace, 'a', 0, 1_000, 'one'), 100);
    assert.equal(asks(pace, 'a', 60_000, 1_000, 'one'), 10);
    // Another one has it: that may be over soon.
    assert.equal(asks(pace, 'a', 61_000, 1_000, 'two'), 100);
  });

  test('others ask once a second, and of a holder that tells nobody asks often', () => {
    const pace = new ForeignPace();
    assert.equal(pace.after('a', heard('one', false), 0), 1_000);
    const grant = { kind: 'grant', token: 'a/1', fencingToken: 1 } as const;
    assert.equal(pace.after('a', { holderTtl: 60_000, holder: grant }, 0), undefined);
    assert.equal(pace.after('a', { holderTtl: 0, holder: undefined }, 0), undefined);
  });

  test('a locker asks up to 1,000 times a second, for however many locks', () => {
    const pace = new ForeignPace();
    const keys = Array.from({ length: 50 }, (_, n) => `lock-${n}`);
    for (const key of keys) pace.after(key, heard('one'), 0);
    const all = keys.reduce((sum, key) => sum + asks(pace, key, 0, 1_000, 'one'), 0);
    assert.equal(all, 1_000);
    // Nobody waits for most of them any more.
    for (const key of keys.slice(1)) pace.forget(key);
    assert.equal(asks(pace, 'lock-0', 1_000, 1_000, 'two'), 100);
  });
});
