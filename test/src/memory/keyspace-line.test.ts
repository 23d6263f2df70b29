import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  BATCH_BUDGET,
  HAND_OFF_BUDGET,
  LEAST_BUDGET,
  LINE_LIFETIME,
} from '../../../packages/core/dist/store/protocol.js';
import { KeyspaceBench } from './keyspace-bench.js';

describe('the line of a lock', () => {
  test('is served in the order of the tickets', () => {
    const bench = new KeyspaceBench();
    bench.take('x/0');
    const tokens = Array.from({ length: 20 }, (_, index) => `x/${index + 1}`);
    for (const token of tokens) bench.wait(token);
    bench.release('x/0');
    for (const token of tokens) assert.equal(bench.release(token).kind, 'released');
    assert.deepEqual(
      bench.pushed.map(({ token }) => token),
      tokens,
    );
    const fencingTokens = bench.pushed.map(({ fencingToken }) => fencingToken);
    assert.deepEqual(
      fencingTokens,
      [...new Set(fencingTokens)].toSorted((a, b) => a - b),
    );
  });

  test('that was lost comes back in its order, whoever comes first', () => {
    const bench = new KeyspaceBench();
    bench.take('x/0', 100_000);
    const tickets = new Map(
      ['a/1', 'b/1', 'c/1'].map((token) => [token, bench.wait(token).ticket]),
    );
    bench.now += LINE_LIFETIME;
    assert.equal(bench.size, 1);
    bench.wait('d/1');
    for (const token of ['c/1', 'a/1', 'b/1']) {
      const ticket = tickets.get(token) as number;
      const outcome = bench.wait(token, { ticket });
      assert.equal(outcome.enqueued, true);
      assert.equal(outcome.ticket, ticket);
    }
    bench.release('x/0');
    for (const token of ['a/1', 'b/1', 'c/1', 'd/1']) bench.release(token);
    assert.deepEqual(
      bench.pushed.map(({ token }) => token),
      ['a/1', 'b/1', 'c/1', 'd/1'],
    );
  });

  test('passes over waiters whose process is gone', () => {
    const bench = new KeyspaceBench();
    bench.take('x/0');
    bench.ghosts(2);
    bench.wait('b/1');
    assert.deepEqual(bench.release('x/0'), {
      kind: 'released',
      next: bench.grantTo('b/1'),
      more: false,
    });
    assert.deepEqual(
      bench.pushed.map(({ token }) => token),
      ['b/1'],
    );
    assert.equal(bench.size, 1);
  });

  test('of dead waiters only leaves the lock free and no line', () => {
    const bench = new KeyspaceBench();
    bench.take('x/0');
    bench.ghosts(1);
    assert.deepEqual(bench.release('x/0'), { kind: 'released', next: undefined, more: false });
    assert.equal(bench.size, 0);
  });

  test('of very many dead waiters is cleared away in bounded steps, by whoever asks', () => {
    const bench = new KeyspaceBench();
    bench.take('x/0');
    bench.ghosts(3 * HAND_OFF_BUDGET + 1);
    bench.wait('b/1');
    assert.deepEqual(bench.release('x/0'), { kind: 'released', next: undefined, more: true });
    // The lock is free, but it is the line's: nobody overtakes it.
    assert.deepEqual(bench.acquire('c/1', { enqueue: false }), {
      kind: 'busy',
      holderTtl: 0,
      holder: undefined,
    });
    assert.deepEqual(bench.advance(), { kind: 'advanced', more: true });
    assert.equal(bench.pushed.length, 0);
    assert.equal(bench.acquire('c/1').kind, 'waiting');
    assert.deepEqual(
      bench.pushed.map(({ token }) => token),
      ['b/1'],
    );
    bench.release('b/1');
    assert.equal(bench.pushed[1]?.token, 'c/1');
  });

  test('says that there is more as long as one is left, whatever frees the lock', () => {
    const freeings: ((bench: KeyspaceBench) => object)[] = [
      (bench) => bench.release('x/0'),
      (bench) => bench.cancel('x/0'),
      (bench) => bench.forceRelease(),
    ];
    for (const free of freeings) {
      for (const left of [0, 1]) {
        const bench = new KeyspaceBench();
        bench.take('x/0');
        bench.ghosts(HAND_OFF_BUDGET + left);
        const { more } = { more: undefined, ...free(bench) };
        assert.equal(more, left === 1);
        assert.deepEqual(bench.advance(), { kind: 'advanced', more: false });
        assert.equal(bench.size, 0);
      }
    }
  });

  test('clears away a full budget of dead waiters and still serves the next one', () => {
    const bench = new KeyspaceBench();
    bench.take('x/0');
    bench.ghosts(HAND_OFF_BUDGET - 1);
    bench.wait('b/1');
    assert.deepEqual(bench.release('x/0'), {
      kind: 'released',
      next: bench.grantTo('b/1'),
      more: false,
    });
  });

  test('does not wait for the dead of other lines in its batch', () => {
    const bench = new KeyspaceBench();
    const keys = Array.from({ length: 2 * (BATCH_BUDGET / HAND_OFF_BUDGET) }, (_, n) => `k${n}`);
    for (const key of keys) {
      bench.take('x/0', 1_000, key);
      bench.ghosts(2 * HAND_OFF_BUDGET, key);
    }
    bench.take('x/0', 1_000, 'last');
    bench.ghosts(LEAST_BUDGET - 1, 'last');
    bench.wait('b/1', { key: 'last' });
    const outcomes = bench.together(
      ...[...keys, 'last'].map((key) => ({ kind: 'forceRelease', key }) as const),
    );
    assert.deepEqual(outcomes.at(-1), {
      kind: 'released',
      next: bench.grantTo('b/1'),
      more: false,
      holder: bench.holder('x/0'),
    });
    assert.equal(bench.pushed[0]?.token, 'b/1');
    for (const outcome of outcomes.slice(0, -1)) {
      assert.ok(outcome.kind === 'released' && outcome.next === undefined && outcome.more);
    }
  });

  test('of dead waiters is cleared away no further than the bound of a batch', () => {
    const bench = new KeyspaceBench();
    const full = BATCH_BUDGET / HAND_OFF_BUDGET;
    const keys = Array.from({ length: full + 2 }, (_, n) => `k${n}`);
    for (const key of keys) {
      bench.take('x/0', 1_000, key);
      bench.ghosts(HAND_OFF_BUDGET, key);
    }
    const outcomes = bench.together(...keys.map((key) => ({ kind: 'forceRelease', key }) as const));
    assert.deepEqual(
      outcomes.map((outcome) => 'more' in outcome && outcome.more),
      keys.map((_, place) => place >= full),
    );
  });

  test('lives on with every request of a waiter, and ends when nobody asks', () => {
    const bench = new KeyspaceBench();
    bench.take('x/0', 10 * LINE_LIFETIME);
    const { ticket } = bench.wait('a/1');
    bench.wait('b/1');
    for (let round = 0; round < 4; round += 1) {
      bench.now += LINE_LIFETIME - 1;
      assert.equal(bench.wait('a/1', { ticket }).enqueued, false);
    }
    assert.equal(bench.size, 2);
    bench.now += LINE_LIFETIME;
    assert.equal(bench.size, 1);
  });

  test('that ended does not keep the lock from the next who asks', () => {
    const bench = new KeyspaceBench();
    bench.take('x/0', 1_000);
    bench.wait('a/1');
    bench.now += LINE_LIFETIME;
    assert.equal(bench.acquire('b/1').kind, 'granted');
    assert.equal(bench.pushed.length, 0);
  });
});

describe('the clock of fencing tokens', () => {
  test('follows the time in microseconds', () => {
    const bench = new KeyspaceBench();
    const { fencingToken } = bench.take('a/1');
    assert.equal(fencingToken, bench.now * 1_000);
    bench.release('a/1');
    bench.now += 5;
    assert.equal(bench.take('a/2').fencingToken, fencingToken + 5_000);
  });

  test('rises though the time stands still', () => {
    const bench = new KeyspaceBench();
    const tokens = Array.from({ length: 50 }, (_, index) => {
      const { fencingToken } = bench.take(`a/${index}`);
      bench.release(`a/${index}`);
      return fencingToken;
    });
    assert.ok(tokens.every((token, index) => index === 0 || token > (tokens[index - 1] ?? 0)));
  });

  test('rises though the time steps back', () => {
    const bench = new KeyspaceBench();
    const before = bench.take('a/1').fencingToken;
    bench.now -= 60_000;
    bench.release('a/1');
    assert.ok(bench.take('a/2').fencingToken > before);
    assert.ok(bench.wait('a/3').ticket > before);
  });
});
