import assert from 'node:assert/strict';
import type { AcquireOptions, Lock, LockJSON } from '@holdfast/core';
import { eventually } from './patience.js';
import type { Promises } from './scene.js';

/** Permits. */
export function limiting(promises: Promises): void {
  promises(
    'as many as the limit says hold a lock together, and the next one waits',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const permits = await Promise.all(
        Array.from({ length: 3 }, () => mine.acquire('api', { limit: 3 })),
      );
      for (const { mode, limit, weight, held } of permits) {
        assert.deepEqual([mode, limit, weight, held], ['limited', 3, 1, true]);
      }
      assert.equal(await other.tryAcquire('api', { limit: 3 }), null);
      const waited = other.acquire('api', { limit: 3 });
      await scene.queued('api', 1);
      await permits[1]?.release();
      await using next = await eventually(waited, 'a permit is handed on');
      assert.equal(await other.tryAcquire('api', { limit: 3 }), null);
      assert.equal(next.held, true);
      for (const permit of permits.filter((one) => one.held)) await permit.release();
    },
  );

  promises('never are more inside than the limit says', async (scene) => {
    const lockers = [await scene.locker(), await scene.locker(), await scene.locker()];
    let inside = 0;
    let most = 0;
    const turn = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    const turns = lockers.flatMap((locker) =>
      Array.from({ length: 20 }, () => locker.using('api', { limit: 4 }, turn)),
    );
    await eventually(Promise.all(turns), 'all have their turn');
    assert.equal(most, 4);
  });

  promises('a weight takes its part of the limit', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using share = await mine.acquire('gpu', { limit: 8, weight: 6 });
    assert.equal(share.weight, 6);
    assert.equal(await other.tryAcquire('gpu', { limit: 8, weight: 3 }), null);
    await using rest = await other.tryAcquire('gpu', { limit: 8, weight: 2 });
    assert.ok(rest);
    assert.equal(await other.tryAcquire('gpu', { limit: 8 }), null);
  });

  promises('who waits for much is not overtaken by who wants little', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const held = [
      await mine.acquire('gpu', { limit: 8, weight: 4 }),
      await mine.acquire('gpu', { limit: 8, weight: 2 }),
    ];
    const order: string[] = [];
    const much = other.using('gpu', { limit: 8, weight: 5 }, () => order.push('much'));
    await scene.queued('gpu', 1);
    // There would be room for it.
    assert.equal(await third.tryAcquire('gpu', { limit: 8 }), null);
    const little = third.using('gpu', { limit: 8, weight: 4 }, () => order.push('little'));
    await scene.queued('gpu', 2);
    await held[1]?.release();
    await scene.queued('gpu', 2);
    await held[0]?.release();
    await eventually(Promise.all([much, little]), 'both get in');
    assert.deepEqual(order, ['much', 'little']);
  });

  promises(
    'the smallest limit inside counts, also for who asks with a larger one',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const small = await mine.acquire('api', { limit: 2 });
      await using large = await other.acquire('api', { limit: 5 });
      assert.equal(await other.tryAcquire('api', { limit: 5 }), null);
      await small.release();
      await using more = await other.tryAcquire('api', { limit: 5 });
      assert.ok(more && large.held);
    },
  );

  promises('who asks with a smaller limit than is used waits until it is not', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const held = await Promise.all(
      Array.from({ length: 3 }, () => mine.acquire('api', { limit: 5 })),
    );
    const waited = other.acquire('api', { limit: 3 });
    await scene.queued('api', 1);
    // Nobody inside is thrown out.
    await Promise.all(held.map((lock) => lock.renew()));
    await held[0]?.release();
    await using next = await eventually(waited, 'the smaller limit fits');
    assert.equal(await mine.tryAcquire('api', { limit: 5 }), null);
    assert.equal(next.held, true);
    await Promise.all(held.slice(1).map((lock) => lock.release()));
  });

  promises('a limit of 1 lets in one at a time, and is no exclusive lock', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const one = await mine.acquire('api', { limit: 1 });
    assert.equal(one.mode, 'limited');
    assert.equal(await other.tryAcquire('api', { limit: 1 }), null);
    assert.equal(await other.tryAcquire('api', { mode: 'shared' }), null);
    assert.equal(await other.tryAcquire('api'), null);
    await one.release();
    await using writer = await other.tryAcquire('api');
    assert.ok(writer);
    assert.equal(await mine.tryAcquire('api', { limit: 1 }), null);
  });

  promises('readers count beside permits as one each', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using permit = await mine.acquire('api', { limit: 3 });
    await using reader = await other.acquire('api', { mode: 'shared', waitTimeout: 0 });
    await using another = await other.acquire('api', { mode: 'shared', waitTimeout: 0 });
    assert.equal(await other.tryAcquire('api', { mode: 'shared' }), null);
    assert.ok(permit.held && reader.held && another.held);
  });

  promises('a permit that is not renewed is free when its lease is over', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using renewed = await mine.acquire('api', { limit: 2, ttl: '1h' });
    await mine.acquire('api', { limit: 2, ttl: 200, renew: false });
    await using next = await other.acquire('api', { limit: 2, waitTimeout: '4s' });
    assert.ok(next.held && renewed.held);
    assert.equal(await other.tryAcquire('api', { limit: 2 }), null);
  });

  promises('a permit is adopted with its limit and its weight', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('gpu', { limit: 8, weight: 3, ttl: 2_000, renew: false });
    const json = JSON.parse(JSON.stringify(lock)) as LockJSON;
    assert.deepEqual([json.mode, json.limit, json.weight], ['limited', 8, 3]);
    const adopted = await other.adopt(json);
    assert.deepEqual([adopted.mode, adopted.limit, adopted.weight], ['limited', 8, 3]);
    await adopted.release();
    await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
    await using all = await other.tryAcquire('gpu', { limit: 8, weight: 8 });
    assert.ok(all);
  });

  promises('the JSON of a permit is looked at, too', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('api', { limit: 2 });
    const json = lock.toJSON();
    const malformed: readonly [object, RegExp][] = [
      [{ mode: 'both' }, /mode/],
      [{ limit: undefined }, /limit/],
      [{ limit: 0 }, /limit/],
      [{ weight: 3 }, /weight/],
    ];
    for (const [part, message] of malformed) {
      await assert.rejects(locker.adopt({ ...json, ...part }), (error) => {
        assert(error instanceof TypeError || error instanceof RangeError);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  promises(
    'a limit can be the rule of a locker, and a call takes its weight of it',
    async (scene) => {
      const locker = await scene.locker({ limit: 3 });
      await using two = await locker.acquire('gpu', { weight: 2 });
      assert.deepEqual([two.limit, two.weight], [3, 2]);
      assert.equal(await locker.tryAcquire('gpu', { weight: 2 }), null);
      await using one = await locker.acquire('gpu', { waitTimeout: 0 });
      assert.deepEqual([one.limit, one.weight], [3, 1]);
      await using alone = await locker.acquire('report', { mode: 'exclusive' });
      assert.equal(alone.mode, 'exclusive');
    },
  );

  promises('modes, limits and weights that make no sense are refused', async (scene) => {
    const locker = await scene.locker();
    const ask = (options: unknown): Promise<Lock> =>
      locker.acquire('api', options as AcquireOptions);
    const mistakes: readonly [object, 'TypeError' | 'RangeError', RegExp][] = [
      [{ mode: 'read' }, 'TypeError', /^mode: 'read' is neither 'exclusive' nor 'shared'/],
      [{ mode: 'limited' }, 'TypeError', /^mode: /],
      [{ mode: null }, 'TypeError', /^mode: /],
      [{ mode: 'shared', limit: 2 }, 'TypeError', /^limit: not together with mode/],
      [{ mode: 'exclusive', limit: 2 }, 'TypeError', /^limit: not together with mode/],
      [{ weight: 2 }, 'TypeError', /^weight: only together with a limit/],
      [{ mode: 'shared', weight: 1 }, 'TypeError', /^weight: only together with a limit/],
      [{ limit: '2' }, 'TypeError', /^limit: '2' is not a number/],
      [{ limit: null }, 'TypeError', /^limit: /],
      [{ limit: 2, weight: '1' }, 'TypeError', /^weight: '1' is not a number/],
    ];
    for (const limit of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 31]) {
      await assert.rejects(ask({ limit }), { name: 'RangeError', message: /^limit: / });
    }
    for (const weight of [0, -1, 1.5, 3]) {
      await assert.rejects(ask({ limit: 2, weight }), { name: 'RangeError', message: /^weight: / });
    }
    for (const [options, name, message] of mistakes) {
      await assert.rejects(ask(options), { name, message });
      await assert.rejects(locker.tryAcquire('api', options), { name, message });
      await assert.rejects(
        locker.using('api', options, () => {}),
        { name, message },
      );
    }
    await assert.rejects(scene.locker({ mode: 'shared', limit: 2 }), TypeError);
    await assert.rejects(scene.locker({ limit: 0 }), RangeError);
    await assert.rejects(scene.locker({ weight: 1 } as object), /no option 'weight'/);
  });
}
