import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Entry } from '../../../packages/core/dist/redis/commit/entry.js';
import { Outbox } from '../../../packages/core/dist/redis/commit/outbox.js';

const COMMAND_TIMEOUT = 1_000;

/** Counts how often operations are looked at. */
class Counter {
  looks = 0;

  entry(since: number, sendBy: number, wanted = true): Entry {
    const look = (): boolean => {
      this.looks += 1;
      return wanted;
    };
    const reply = {
      sending() {
        return look();
      },
      answered: () => {},
      failed: () => {},
    };
    const patience = { urgency: 'asking' as const, sendBy, silence: 0 };
    return new Entry({ kind: 'forceRelease', key: 'k' }, patience, since, reply);
  }
}

/** Looks as soon as that is due, until this moment. Returns when each was given up. */
function given(outbox: Outbox, until: number): Map<Entry, number> {
  const expired = new Map<Entry, number>();
  while (outbox.due <= until) {
    const now = outbox.due;
    for (const entry of outbox.expire(now)) expired.set(entry, now);
  }
  return expired;
}

describe('what waits for a connection', () => {
  test('is given up at its own moment, or after a commandTimeout without any answer', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const counter = new Counter();
    const soon = counter.entry(0, 100);
    const early = counter.entry(0, 60_000);
    const late = counter.entry(150, 60_000);
    for (const entry of [soon, early, late]) outbox.add(entry);
    assert.deepEqual(
      [...given(outbox, 1_150)],
      [
        [soon, 100],
        [early, 1_000],
        [late, 1_150],
      ],
    );
    assert.equal(outbox.due, Infinity);
  });

  test('waits on as long as anything is answered', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const entry = new Counter().entry(0, 60_000);
    outbox.add(entry);
    for (let now = 900; now < 10_000; now += 900) {
      assert.equal(given(outbox, now).size, 0);
      outbox.heard(now);
    }
    assert.deepEqual([...given(outbox, 20_000)], [[entry, 10_900]]);
  });

  test('is not given up for a silence in which our own process stood still', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const entry = new Counter().entry(0, 60_000);
    outbox.add(entry);
    assert.deepEqual(outbox.expire(6_000), []);
    assert.equal(given(outbox, 6_700).size, 0);
    outbox.heard(6_700);
    assert.deepEqual([...given(outbox, 20_000)], [[entry, 7_700]]);
  });

  test('is given up in the end, also by a process that stands still again and again', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const entry = new Counter().entry(0, 60_000);
    outbox.add(entry);
    for (const now of [3_000, 6_000, 9_000, 12_000]) assert.deepEqual(outbox.expire(now), []);
    assert.deepEqual(outbox.expire(15_000), [entry]);
  });

  test('goes when nobody wants it any more', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const counter = new Counter();
    const unwanted = counter.entry(0, 60_000, false);
    const wanted = counter.entry(0, 60_000);
    outbox.add(unwanted);
    outbox.add(wanted);
    const stale: Entry[] = [];
    assert.deepEqual(outbox.take(10, 1, stale), [wanted]);
    assert.deepEqual(stale, [unwanted]);
  });

  test('costs little while it waits, however much there is and whenever each ends', () => {
    const outbox = new Outbox(60_000);
    const counter = new Counter();
    const count = 30_000;
    for (let place = 0; place < count; place += 1) {
      outbox.add(counter.entry(0, 1 + (place / count) * 10_000));
    }
    let expired = 0;
    while (outbox.due < Infinity) expired += outbox.expire(outbox.due).length;
    assert.equal(expired, count);
    assert.equal(outbox.length, 0);
    // To look through all of it every 10 ms takes 15 million looks, 50 for each.
    assert.ok(counter.looks < 100 * count, `${counter.looks / count} looks for each`);
  });

  test('is given up in time, also where others have it looked at in between', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const counter = new Counter();
    const entry = counter.entry(0.7, Infinity);
    outbox.add(entry);
    for (let sendBy = 150; sendBy < 3_000; sendBy += 150) outbox.add(counter.entry(0.7, sendBy));
    let now = 0;
    while (!outbox.expire(now).includes(entry)) now = outbox.due;
    assert.ok(now >= COMMAND_TIMEOUT && now < 1.2 * COMMAND_TIMEOUT, `after ${now} ms`);
  });
});
