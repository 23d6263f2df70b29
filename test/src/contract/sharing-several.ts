import assert from 'node:assert/strict';
import { AcquireTimeoutError, LockLostError, LockReentryError } from '@holdfast/core';
import { eventually } from './patience.js';
import type { Promises } from './scene.js';

/** An order, while nobody has its tenant alone. */
function order(id: number) {
  return [`tenant:7/order:${id}`, { name: 'tenant:7', mode: 'shared' }] as const;
}

function never(): void {
  assert.fail('not to be called');
}

/** Several locks as one, of which some are held with others. */
export function sharingSeveral(promises: Promises): void {
  promises('of several locks, one is shared and the other is not', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using first = await mine.acquire(order(1));
    assert.deepEqual(
      [...first.locks.values()].map(({ mode }) => mode),
      ['exclusive', 'shared'],
    );
    await using second = await other.tryAcquire(order(2));
    assert.ok(second?.held, 'the tenant is shared');
    assert.equal(await other.tryAcquire(order(1)), null, 'the order is not');
    assert.equal(await other.tryAcquire('tenant:7'), null);
  });

  promises('of several locks, those with others are all had or none', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const list = [{ name: 'a', limit: 2 }, { name: 'b', mode: 'shared' }, 'c'] as const;
    await using busy = await other.acquire('c');
    assert.equal(await mine.tryAcquire(list), null);
    await assert.rejects(mine.acquire(list, { waitTimeout: 500 }), (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.equal(error.lockName, 'c');
      return true;
    });
    for (const name of ['a', 'b']) {
      await using free = await other.tryAcquire(name);
      assert.ok(free, `${name} was given back`);
      await scene.queued(name, 0);
    }
    await scene.queued('c', 0);
    assert.equal(busy.held, true);
  });

  promises(
    'a mode or a limit of the call is for all that have none of their own',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const list = [{ name: 'a', weight: 2 }, 'b', { name: 'c', mode: 'exclusive' }] as const;
      await using set = await mine.acquire(list, { limit: 3 });
      assert.deepEqual(
        [...set.locks.values()].map(({ name, mode, limit, weight }) => [name, mode, limit, weight]),
        [
          ['a', 'limited', 3, 2],
          ['b', 'limited', 3, 1],
          ['c', 'exclusive', undefined, 1],
        ],
      );
      assert.equal(await other.tryAcquire(['b', { name: 'a', weight: 2 }], { limit: 3 }), null);
      await using rest = await other.tryAcquire(['b', 'a'], { limit: 3 });
      assert.ok(rest?.held);
    },
  );

  promises('several locks are waited for in the line of those who share one', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const writer = await other.acquire('tenant:7');
    const called = mine.acquire(order(1));
    await scene.queued('tenant:7', 1);
    const late = await other.tryAcquire('tenant:7/order:1');
    assert.ok(late, 'what comes later in the order is free meanwhile');
    await writer.release();
    await scene.queued('tenant:7/order:1', 1);
    assert.equal(await other.tryAcquire('tenant:7'), null, 'it has the tenant');
    await using reader = await other.tryAcquire('tenant:7', { mode: 'shared' });
    assert.ok(reader);
    await late.release();
    await using set = await eventually(called, 'it has all of them');
    assert.equal(set.held, true);
  });

  promises('what is not a way to ask for one of several locks is refused', async (scene) => {
    const locker = await scene.locker();
    const bad = [
      [{ name: 'a', mode: 'alone' }, /mode: 'alone'/],
      [{ name: 'a', mode: 'shared', limit: 2 }, /limit: not together with mode/],
      [{ name: 'a', weight: 2 }, /weight: only together with a limit/],
      [{ name: 'a', ttl: 1_000 }, /no option 'ttl'/],
    ] as const;
    for (const [request, message] of bad) {
      for (const call of [
        () => locker.acquire([request as never, 'b']),
        () => locker.tryAcquire([request as never, 'b']),
        () => locker.using([request as never, 'b'], never),
      ]) {
        await assert.rejects(call(), (error) => {
          assert(error instanceof TypeError);
          assert.match(error.message, message);
          return true;
        });
      }
    }
    await using both = await locker.tryAcquire(['a', 'b']);
    assert.ok(both, 'nothing was taken');
  });

  promises('losing one of several that is shared is losing all', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const set = await mine.acquire(order(1));
    assert.equal(await other.forceRelease('tenant:7'), true);
    await assert.rejects(set.renew(), LockLostError);
    assert.equal(set.held, false);
    await assert.rejects(set.release(), LockLostError);
    await using both = await other.acquire(['tenant:7', 'tenant:7/order:1'], { waitTimeout: '5s' });
    assert.equal(both.held, true);
  });

  promises('who adopts several locks holds each as it was asked for', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const set = await mine.acquire(order(1));
    await using adopted = await other.adopt(structuredClone(set.handOver()));
    assert.deepEqual(
      [...adopted.locks.values()].map(({ mode }) => mode),
      ['exclusive', 'shared'],
    );
    await adopted.renew();
    await using reader = await mine.tryAcquire('tenant:7', { mode: 'shared' });
    assert.ok(reader);
  });

  promises('a call joins several locks if they are held as it asks for each', async (scene) => {
    const locker = await scene.locker();
    await locker.using(order(1), async (outer) => {
      assert.equal(await locker.using(order(1), (inner) => inner), outer);
      const reader = await locker.using('tenant:7', { mode: 'shared' }, ({ name }) => name);
      assert.equal(reader, 'tenant:7');
      const alone = [...order(1)].map((one) => (typeof one === 'string' ? one : one.name));
      for (const call of [
        () => locker.using('tenant:7', never),
        () => locker.using(alone, never),
      ]) {
        await assert.rejects(call(), (error) => {
          assert(error instanceof LockReentryError);
          assert.equal(error.lockName, 'tenant:7');
          assert.match(error.message, /as shared/);
          return true;
        });
      }
    });
  });

  promises('callers who share some of several locks all come to an end', async (scene) => {
    const lockers = [await scene.locker(), await scene.locker(), await scene.locker()];
    const inside = new Map<string, 'alone' | number>();
    const turns = lockers.flatMap((locker, place) =>
      Array.from({ length: 12 }, (_, n) => {
        const kinds = ['exclusive', 'shared'] as const;
        const list = ['a', 'b'].map((name, bit) => {
          const mode = kinds[((place + n) >> bit) & 1] ?? 'shared';
          return { name, mode };
        });
        const asked = n % 3 === 0 ? list.toReversed() : list;
        return locker.using(asked, { waitTimeout: '30s' }, async () => {
          for (const { name, mode } of asked) {
            const before = inside.get(name) ?? 0;
            assert.notEqual(before, 'alone', `${name} is held by one alone`);
            if (mode === 'exclusive') assert.equal(before, 0, `${name} is held by others`);
            inside.set(name, mode === 'exclusive' ? 'alone' : Number(before) + 1);
          }
          await new Promise((resolve) => setImmediate(resolve));
          for (const { name, mode } of asked) {
            inside.set(name, mode === 'exclusive' ? 0 : Number(inside.get(name)) - 1);
          }
        });
      }),
    );
    await Promise.all(turns);
  });
}
