import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LINE_LIFETIME } from '../../../packages/core/dist/store/protocol.js';
import { KeyspaceBench } from './keyspace-bench.js';

describe('acquire', () => {
  test('takes a lock that is free, in one operation', () => {
    const bench = new KeyspaceBench();
    const { already, fencingToken } = bench.take('a/1');
    assert.equal(already, false);
    assert.ok(Number.isSafeInteger(fencingToken) && fencingToken > 0);
    assert.equal(bench.size, 1);
  });

  test('sent again by the holder gets the same fencing token and a fresh ttl', () => {
    const bench = new KeyspaceBench();
    const first = bench.take('a/1');
    bench.now += 900;
    assert.deepEqual(bench.acquire('a/1'), { ...first, already: true });
    bench.now += 900;
    assert.equal(bench.renew('a/1').kind, 'renewed');
  });

  test('sent again with a shorter ttl does not shorten the lease', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1', 5_000);
    bench.acquire('a/1', { ttl: 10 });
    bench.now += 4_999;
    assert.equal(bench.renew('a/1').kind, 'renewed');
  });

  test('is busy with what the holder has left, and leaves no trace, unless it may enqueue', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    bench.now += 300;
    assert.deepEqual(bench.acquire('b/1', { enqueue: false }), {
      kind: 'busy',
      holderTtl: 700,
      holder: bench.holder('a/1'),
    });
    assert.equal(bench.size, 1);
  });

  test('waits under a ticket that comes after the fencing token of the holder', () => {
    const bench = new KeyspaceBench();
    const { fencingToken } = bench.take('a/1');
    const first = bench.wait('b/1');
    const second = bench.wait('b/2');
    assert.equal(first.holderTtl, 1_000);
    assert.equal(first.enqueued, true);
    assert.ok(fencingToken < first.ticket && first.ticket < second.ticket);
    assert.ok(first.asOf >= first.ticket);
  });

  test('sent again by a waiter keeps its place and its ticket', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    const { ticket } = bench.wait('b/1');
    bench.wait('c/1');
    assert.deepEqual(
      [bench.wait('b/1').ticket, bench.wait('b/1', { ticket: 1 }).ticket],
      [ticket, ticket],
    );
    assert.equal(bench.wait('b/1').enqueued, false);
    bench.release('a/1');
    assert.equal(bench.pushed[0]?.token, 'b/1');
    bench.release('b/1');
    bench.release('c/1');
    assert.equal(bench.size, 0);
  });

  test('with a ticket from before goes back to its place', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    const { ticket } = bench.wait('b/1');
    bench.cancel('b/1');
    bench.wait('c/1');
    assert.deepEqual(
      { ...bench.wait('b/1', { ticket }), asOf: 0 },
      {
        kind: 'waiting',
        holderTtl: 1_000,
        holder: bench.holder('a/1'),
        ticket,
        enqueued: true,
        asOf: 0,
      },
    );
    bench.release('a/1');
    assert.equal(bench.pushed[0]?.token, 'b/1');
  });

  test('of a locker that does not listen is told so, and leaves no trace', () => {
    const bench = new KeyspaceBench();
    bench.gone.add('b');
    bench.take('a/1');
    bench.now += 300;
    const told = { holderTtl: 700, holder: bench.holder('a/1') };
    assert.deepEqual(bench.acquire('b/1'), { kind: 'deaf', ...told });
    assert.equal(bench.size, 1);
    assert.deepEqual(bench.acquire('b/1', { enqueue: false }), { kind: 'busy', ...told });
    bench.release('a/1');
    assert.equal(bench.acquire('b/1').kind, 'granted');
  });

  test('of a waiter that does not listen any more is told so, and keeps its place', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1', 3 * LINE_LIFETIME);
    const { ticket } = bench.wait('b/1');
    bench.wait('c/1');
    bench.gone.add('b');
    bench.now += LINE_LIFETIME - 1;
    assert.equal(bench.acquire('b/1').kind, 'deaf');
    // It asked, and so its line lives on.
    bench.now += LINE_LIFETIME - 1;
    bench.gone.delete('b');
    const again = bench.wait('b/1');
    assert.deepEqual([again.ticket, again.enqueued], [ticket, false]);
    bench.release('a/1');
    assert.equal(bench.pushed[0]?.token, 'b/1');
  });

  test('finds an expired holder and serves the line first', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1', 500);
    bench.wait('b/1');
    bench.now += 500;
    assert.equal(bench.acquire('c/1').kind, 'waiting');
    assert.deepEqual(
      bench.pushed.map(({ token }) => token),
      ['b/1'],
    );
  });

  test('of the first in line finds an expired holder, and is not pushed what it is told', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1', 500);
    bench.wait('b/1');
    bench.wait('c/1');
    bench.now += 500;
    const outcome = bench.acquire('b/1');
    assert.equal(outcome.kind, 'granted');
    assert.equal(bench.pushed.length, 0);
    bench.release('b/1');
    assert.equal(bench.pushed[0]?.token, 'c/1');
  });
});

describe('renew', () => {
  test('extends the lease of the holder from now, and never shortens it', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    bench.now += 900;
    assert.deepEqual(bench.renew('a/1', 2_000), { kind: 'renewed' });
    bench.renew('a/1', 10);
    bench.now += 1_999;
    assert.equal(bench.renew('a/1', 10).kind, 'renewed');
  });

  test('of a grant that is over leaves the next one to the same token alone', () => {
    const bench = new KeyspaceBench();
    const first = bench.take('a/1', 500);
    bench.now += 500;
    bench.take('a/1', 500);
    assert.deepEqual(bench.renew('a/1', 10_000, first.fencingToken), {
      kind: 'lost',
      holder: bench.holder('a/1'),
    });
    bench.now += 500;
    assert.equal(bench.size, 0);
  });

  test('is lost for anybody else, for a waiter, and after the expiry', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1', 500);
    bench.wait('b/1');
    const lost = { kind: 'lost', holder: bench.holder('a/1') };
    assert.deepEqual(bench.renew('b/1'), lost);
    assert.deepEqual(bench.renew('c/1'), lost);
    bench.now += 499;
    assert.equal(bench.renew('a/1', 1).kind, 'renewed');
    bench.now += 1;
    assert.deepEqual(bench.renew('a/1'), { kind: 'lost', holder: undefined });
  });
});

describe('release', () => {
  test('frees the lock when nobody waits, and leaves nothing', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    assert.deepEqual(bench.release('a/1'), { kind: 'released', next: undefined, more: false });
    assert.equal(bench.size, 0);
    assert.deepEqual(bench.release('a/1'), { kind: 'lost', holder: undefined });
  });

  test('hands the lock to the first in line, with a higher fencing token and its own ttl', () => {
    const bench = new KeyspaceBench();
    const { fencingToken } = bench.take('a/1');
    bench.wait('b/1', { ttl: 7_000 });
    bench.wait('c/1');
    assert.deepEqual(bench.release('a/1'), {
      kind: 'released',
      next: bench.grantTo('b/1'),
      more: false,
    });
    const [grant] = bench.pushed;
    assert.equal(grant?.token, 'b/1');
    assert.equal(grant.key, 'k');
    assert.ok(grant.fencingToken > fencingToken);
    bench.now += 6_999;
    assert.deepEqual(bench.renew('b/1'), { kind: 'renewed' });
  });

  test('of a grant that is over leaves the next one to the same token alone', () => {
    const bench = new KeyspaceBench();
    const first = bench.take('a/1', 500);
    bench.now += 500;
    const second = bench.take('a/1');
    assert.deepEqual(bench.release('a/1', first.fencingToken), {
      kind: 'lost',
      holder: bench.holder('a/1'),
    });
    assert.equal(bench.release('a/1', second.fencingToken).kind, 'released');
  });

  test('by somebody else leaves the lock alone', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    bench.wait('b/1');
    assert.deepEqual(bench.release('b/1'), { kind: 'lost', holder: bench.holder('a/1') });
    assert.equal(bench.pushed.length, 0);
    assert.equal(bench.renew('a/1').kind, 'renewed');
  });
});

describe('cancel', () => {
  test('takes a waiter out of the line, and the last one leaves no line', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    bench.wait('b/1');
    bench.wait('c/1');
    assert.deepEqual(bench.cancel('b/1'), { kind: 'cancelled', more: false });
    assert.equal(bench.size, 2);
    bench.cancel('c/1');
    assert.equal(bench.size, 1);
    assert.deepEqual(bench.release('a/1'), { kind: 'released', next: undefined, more: false });
  });

  test('of a token that was granted meanwhile hands the lock on', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    bench.wait('b/1');
    bench.wait('c/1');
    bench.release('a/1');
    assert.deepEqual(bench.cancel('b/1'), { kind: 'cancelled', more: false });
    assert.deepEqual(
      bench.pushed.map(({ token }) => token),
      ['b/1', 'c/1'],
    );
    assert.equal(bench.renew('c/1').kind, 'renewed');
  });

  test('of a token that nobody knows changes nothing', () => {
    const bench = new KeyspaceBench();
    bench.cancel('x/1');
    bench.take('a/1');
    bench.cancel('x/1');
    assert.equal(bench.renew('a/1').kind, 'renewed');
    assert.equal(bench.size, 1);
  });
});

describe('forceRelease', () => {
  test('takes the lock from its holder without a token and hands it on', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    bench.wait('b/1');
    assert.deepEqual(bench.forceRelease(), {
      kind: 'released',
      holder: bench.holder('a/1'),
      next: bench.grantTo('b/1'),
      more: false,
    });
    assert.deepEqual(bench.renew('a/1'), { kind: 'lost', holder: bench.holder('b/1') });
    assert.deepEqual(bench.forceRelease(), {
      kind: 'released',
      holder: bench.holder('b/1'),
      next: undefined,
      more: false,
    });
    assert.deepEqual(bench.forceRelease(), { kind: 'lost', holder: undefined });
    assert.equal(bench.size, 0);
  });
});

describe('advance', () => {
  test('gives a lock that is free to the first in line', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1', 500);
    bench.wait('b/1');
    bench.now += 500;
    assert.deepEqual(bench.advance(), { kind: 'advanced', more: false });
    assert.equal(bench.pushed[0]?.token, 'b/1');
  });

  test('changes nothing where somebody holds the lock, or nobody waits', () => {
    const bench = new KeyspaceBench();
    assert.deepEqual(bench.advance(), { kind: 'advanced', more: false });
    assert.equal(bench.size, 0);
    bench.take('a/1');
    bench.wait('b/1');
    assert.deepEqual(bench.advance(), { kind: 'advanced', more: false });
    assert.equal(bench.pushed.length, 0);
    assert.equal(bench.renew('a/1').kind, 'renewed');
  });
});

describe('acquireAll', () => {
  const room = { limit: 2, weight: 1 };

  test('lets those in first who wait for the place of one whose lease is over', () => {
    const bench = new KeyspaceBench();
    bench.acquire('a/1', { room });
    bench.acquire('a/2', { room, ttl: 3_000 });
    bench.wait('b/1', { room });
    bench.now += 1_001;
    const answer = bench.acquireAll('c/1', ['j', 'k']);
    assert.ok(answer.kind === 'blocked' && answer.place === 1);
    assert.deepEqual(
      bench.pushed.map(({ token }) => token),
      ['b/1'],
    );
  });

  test('says that others may fit where it has let in as many as one step may', () => {
    const bench = new KeyspaceBench();
    bench.take('a/1');
    const shared = { limit: Infinity, weight: 1 };
    for (let n = 0; n < 200; n += 1) bench.wait(`b/${n}`, { room: shared });
    bench.now += 1_000;
    const answer = bench.acquireAll('c/1', ['k']);
    assert.ok(answer.kind === 'blocked' && answer.by.kind === 'busy');
    assert.equal(bench.pushed.length, 128);
    assert.equal(answer.by.holderTtl, 0);
  });
});
