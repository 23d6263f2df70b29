import assert from 'node:assert/strict';
import type { AcquireOptions } from '@holdfast/core';
import type { Promises, Terms } from './scene.js';

async function assertRefused(call: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert(error instanceof TypeError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

export function options(promises: Promises): void {
  promises(
    'a misspelt option is refused, and the message names those that exist',
    async (scene) => {
      const locker = await scene.locker();
      await using lock = await locker.acquire('order:42');
      const json = lock.toJSON();
      const misspelt = { waittimeout: 5 } as AcquireOptions;
      await assertRefused(
        locker.acquire('order:43', misspelt),
        /no option 'waittimeout'.*ttl, renew, maxHold, group, mode, limit, weight, signal, holdAtLeast, waitTimeout/,
      );
      await assertRefused(
        locker.using('order:43', misspelt, () => {}),
        /'waittimeout'.*waitTimeout, .*onOutage, reentrant\.$/,
      );
      await assertRefused(
        locker.tryAcquire('order:43', misspelt),
        /'waittimeout'.*ttl, renew, maxHold, group, mode, limit, weight, signal, holdAtLeast\.$/,
      );
      await assertRefused(
        locker.adopt(json, misspelt),
        /'waittimeout'.*ttl, renew, maxHold, group\.$/,
      );
      await assertRefused(scene.locker({ prefix: 'x' } as Terms), /'prefix'.*keyPrefix/);
      await assertRefused(scene.locker({ pool: { least: 1 } } as Terms), /'least'.*min, max/);
    },
  );

  promises('tryAcquire has no waitTimeout', async (scene) => {
    const locker = await scene.locker();
    const waiting: AcquireOptions = { waitTimeout: 0 };
    await assertRefused(locker.tryAcquire('order:42', waiting), /no option 'waitTimeout'/);
  });

  promises('options that are not an object are refused', async (scene) => {
    const locker = await scene.locker();
    for (const wrong of [null, 5_000, '5s', [], () => {}]) {
      await assertRefused(locker.acquire('order:42', wrong as never), /^acquire: the options are /);
      await assertRefused(locker.tryAcquire('order:42', wrong as never), /^tryAcquire: /);
    }
  });

  promises('renew and signal are of their types, or refused', async (scene) => {
    const locker = await scene.locker();
    for (const wrong of ['yes', 1, null, {}]) {
      await assertRefused(locker.acquire('order:42', { renew: wrong as never }), /^renew: /);
      await assertRefused(locker.tryAcquire('order:42', { signal: wrong as never }), /^signal: /);
      await assertRefused(scene.locker({ renew: wrong as never }), /^renew: /);
      const reentrant = wrong as never;
      await assertRefused(
        locker.using('order:42', { reentrant }, () => {}),
        /^reentrant: /,
      );
    }
  });

  promises('an option that is undefined is one that was left out', async (scene) => {
    const locker = await scene.locker({ ttl: undefined, renew: undefined, pool: undefined });
    const left = { ttl: undefined, renew: undefined, signal: undefined, waitTimeout: undefined };
    await using lock = await locker.acquire('order:42', left);
    assert.equal(lock.toJSON().ttl, 30_000);
    await using none = await locker.tryAcquire('order:42', { ttl: undefined });
    assert.equal(none, null);
  });

  promises(
    'a pool has from 1 to 64 connections, and no fewer at most than at least',
    async (scene) => {
      for (const wrong of [0, -1, 1.5, 65, Number.NaN, '2', null]) {
        const pool = { max: wrong as number };
        await assert.rejects(scene.locker({ pool }), { name: 'RangeError', message: /pool\.max/ });
      }
      const pool = { min: 3, max: 2 };
      await assert.rejects(scene.locker({ pool }), { name: 'RangeError', message: /min 3.*max 2/ });
      await scene.locker({ pool: { min: 2, max: 2 } });
    },
  );

  promises('a key prefix is a string', async (scene) => {
    for (const wrong of [42, null, {}, '\uD800']) {
      await assertRefused(scene.locker({ keyPrefix: wrong as string }), /^keyPrefix: /);
    }
  });
}
