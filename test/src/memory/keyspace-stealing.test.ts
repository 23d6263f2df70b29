import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Granted, Outcomes, Waiting } from '../../../packages/core/dist/store/port.js';
import { KeyspaceBench } from './keyspace-bench.js';

function steal(bench: KeyspaceBench, token: string, since: number): Outcomes['acquire'] {
  return bench.acquire(token, { steal: since });
}

function stolen(bench: KeyspaceBench, token: string, since: number): Granted {
  const outcome = steal(bench, token, since);
  assert.equal(outcome.kind, 'granted');
  return outcome;
}

describe('acquire that steals', () => {
  test('takes a lock that is free, and passes by its line', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    bench.wait('b/1');
    // Its lease is over, and the line has not been looked at.
    bench.now += 2_000;
    assert.equal(stolen(bench, 'c/1', 0).from, undefined);
    assert.deepEqual(bench.pushed, []);
    assert.deepEqual(bench.release('c/1'), {
      kind: 'released',
      next: bench.grantTo('b/1'),
      more: false,
    });
  });

  test('takes the lock from who came before its number, names that, and tells him', () => {
    const bench = new KeyspaceBench();
    const { fencingToken } = bench.take('a/1');
    const holder = bench.holder('a/1');
    const { from, already } = stolen(bench, 'c/1', fencingToken);
    assert.deepEqual([from, already], [holder, false]);
    assert.deepEqual(bench.revoked, [{ key: 'k', token: 'a/1', fencingToken }]);
    assert.equal(bench.renew('a/1').kind, 'lost');
  });

  test('does not take it from who came after, and stands in front of the line', () => {
    const bench = new KeyspaceBench();
    const { fencingToken } = bench.take('a/1');
    bench.wait('b/1');
    const first = steal(bench, 'c/1', fencingToken - 1) as Waiting;
    const second = steal(bench, 'd/1', 0) as Waiting;
    assert.deepEqual([first.kind, second.kind], ['waiting', 'waiting']);
    assert.ok(second.ticket < first.ticket && first.ticket < 0, 'the last one is the first');
    assert.ok(first.asOf >= fencingToken, 'it knows now how late its holder can have come');
    assert.deepEqual(bench.revoked, []);
    bench.release('a/1');
    bench.release('d/1');
    bench.release('c/1');
    assert.deepEqual(
      bench.pushed.map(({ token }) => token),
      ['d/1', 'c/1', 'b/1'],
    );
  });

  test('with what it has learned takes it, and leaves the line', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    const { asOf } = steal(bench, 'c/1', 0) as Waiting;
    stolen(bench, 'c/1', asOf);
    bench.release('c/1');
    assert.deepEqual(bench.pushed, [], 'it does not stand there any more');
    assert.equal(bench.size, 0);
  });

  test('sent again by the holder gets the same fencing token', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    const { asOf } = steal(bench, 'c/1', 0) as Waiting;
    const { fencingToken } = stolen(bench, 'c/1', asOf);
    const again = stolen(bench, 'c/1', asOf);
    assert.deepEqual([again.already, again.fencingToken], [true, fencingToken]);
  });

  test('that comes late, or twice, does not hit who has the lock by then', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    const { asOf } = steal(bench, 'c/1', 0) as Waiting;
    stolen(bench, 'c/1', asOf);
    bench.release('c/1');
    bench.take('b/1');
    bench.gone.add('c');
    assert.equal(steal(bench, 'c/1', asOf).kind, 'deaf');
    assert.equal(bench.renew('b/1').kind, 'renewed');
  });

  test('empties a room that was opened before its number, and no later one', () => {
    const bench = new KeyspaceBench();
    const shared = { limit: Infinity, weight: 1 };
    const first = bench.acquire('a/1', { room: shared }) as Granted;
    const second = bench.acquire('b/1', { room: shared }) as Granted;
    // The room was opened just before the first one came.
    assert.equal(steal(bench, 'c/1', first.fencingToken - 2).kind, 'waiting');
    const { from } = stolen(bench, 'c/1', first.fencingToken);
    assert.deepEqual(from, { kind: 'room' });
    assert.deepEqual(
      bench.revoked.map(({ fencingToken }) => fencingToken),
      [first.fencingToken, second.fencingToken],
    );
  });
});
