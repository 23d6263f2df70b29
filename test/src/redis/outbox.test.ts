import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Entry } from '../../../packages/core/dist/redis/entry.js';
import { Outbox } from '../../../packages/core/dist/redis/outbox.js';

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
    return new Entry({ kind: 'forceRelease', key: 'k' }, { sendBy, silence: 0 }, since, reply);
  }
}

describe('what waits for a connection', () => {
  test('is given up at its own moment, or after a commandTimeout without any answer', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const counter = new Counter();
    const [soon, early, late] = [
      counter.entry(0, 100),
      counter.entry(0, 60_000),
      counter.entry(500, 60_000),
    ];
    for (const entry of [soon, early, late]) outbox.add(entry);
    assert.equal(outbox.due, 100);
    assert.deepEqual(outbox.expire(100), [soon]);
    assert.equal(outbox.due, 1_000);
    assert.deepEqual(outbox.expire(1_000), [early]);
    assert.deepEqual(outbox.expire(1_500), [late]);
    assert.equal(outbox.due, Infinity);
  });

  test('waits on as long as anything is answered', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const entry = new Counter().entry(0, 60_000);
    outbox.add(entry);
    for (let now = 900; now < 10_000; now += 900) {
      outbox.heard(now);
      assert.deepEqual(outbox.expire(now + 100), []);
    }
    assert.deepEqual(outbox.expire(outbox.due), [entry]);
  });

  test('is not given up for a silence in which our own process stood still', () => {
    const outbox = new Outbox(COMMAND_TIMEOUT);
    const entry = new Counter().entry(0, 60_000);
    outbox.add(entry);
    assert.deepEqual(outbox.expire(6_000), []);
    outbox.heard(6_001);
    assert.deepEqual(outbox.expire(outbox.due), []);
    assert.deepEqual(outbox.expire(outbox.due), [entry]);
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
});
