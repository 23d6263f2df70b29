import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  type HoldfastEvent,
  type Locker,
  LockerClosedError,
  type ModeMessage,
  onEvent,
} from '@holdfast/core';
import { told } from './patience.js';
import type { Promises } from './scene.js';

/** Notes what is said of one lock. */
function watch(lockName: string): Disposable & { readonly events: HoldfastEvent[] } {
  const events: HoldfastEvent[] = [];
  const watched = onEvent((event) => {
    if ('lockName' in event && event.lockName === lockName) events.push(event);
  });
  return { events, [Symbol.dispose]: () => watched[Symbol.dispose]() };
}

/** What is told of a lock that is renewed, waited for and given back. */
const LIFE = new Set([
  'holdfast:acquire',
  'holdfast:renewal',
  'holdfast:wait-begin',
  'holdfast:hand-off',
  'holdfast:wait-end',
  'holdfast:release',
  'holdfast:busy',
]);

/** Waits behind a holder until it is granted. */
async function succeed(holder: Locker, waiter: Locker, queued: () => Promise<void>): Promise<void> {
  const lock = await holder.acquire('order:42');
  const waited = waiter.acquire('order:42');
  await queued();
  await lock.release();
  await (await waited).release();
}

export function watching(promises: Promises): void {
  promises('one call hears all that happens to a lock, in its order', async (scene) => {
    const [mine, other] = [await scene.locker({ owner: 'mine' }), await scene.locker()];
    using watched = watch('order:42');
    await succeed(mine, other, () => scene.queued('order:42', 1));
    const channels = watched.events.map(({ channel }) => channel);
    // The answer to the release and the push come on connections of their own.
    const first = channels.filter((channel) => channel !== 'holdfast:release');
    assert.deepEqual(first, [
      'holdfast:acquire',
      'holdfast:wait-begin',
      'holdfast:hand-off',
      'holdfast:wait-end',
      'holdfast:acquire',
    ]);
    const begin = watched.events.find((event) => event.channel === 'holdfast:wait-begin');
    const end = watched.events.find((event) => event.channel === 'holdfast:wait-end');
    assert.ok(begin?.holder?.kind === 'locker' && begin.holder.owner === 'mine');
    assert.equal(begin.waitTimeout, undefined);
    assert.deepEqual([end?.token, end?.outcome], [begin.token, 'granted']);
    assert.ok(end !== undefined && end.waited > 0);
  });

  promises(
    'what is said of a lock that is shared or limited says how it is held',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      using watched = watch('order:42');
      const permit = { limit: 3, weight: 2 };
      const first = await mine.acquire('order:42', permit);
      await first.renew();
      const waited = other.acquire('order:42', permit);
      await scene.queued('order:42', 1);
      await first.release();
      const second = await waited;
      await assert.rejects(mine.acquire('order:42', { ...permit, waitTimeout: 0 }), {
        code: 'ACQUIRE_TIMEOUT',
      });
      await second.release();
      const heard = watched.events.map(({ channel, ...event }) => {
        const { mode, limit, weight } = event as ModeMessage;
        return { channel, told: [mode, limit, weight] };
      });
      assert.deepEqual(new Set(heard.map(({ channel }) => channel)), LIFE);
      for (const event of heard) assert.deepEqual(event.told, ['limited', 3, 2], event.channel);
      watched.events.length = 0;
      await (await mine.acquire('order:42', { mode: 'shared' })).release();
      await (await mine.acquire('order:42')).release();
      assert.deepEqual(
        watched.events.map((event) => (event as ModeMessage).mode),
        ['shared', 'shared', undefined, undefined],
      );
    },
  );

  promises('who does not listen any more hears nothing', async (scene) => {
    const locker = await scene.locker();
    const watched = watch('order:42');
    await (await locker.acquire('order:42')).release();
    watched[Symbol.dispose]();
    const { length } = watched.events;
    assert.ok(length > 0);
    await (await locker.acquire('order:42')).release();
    assert.equal(watched.events.length, length);
  });

  promises('a forced release says whose lock it was, and whose it is', async (scene) => {
    const [mine, other] = [await scene.locker({ owner: 'mine' }), await scene.locker()];
    const lock = await mine.acquire('order:42', { renew: false });
    const waited = other.acquire('order:42');
    await scene.queued('order:42', 1);
    const forced = told('holdfast:forced-release', ({ lockName }) => lockName === 'order:42');
    await mine.forceRelease('order:42');
    await using next = await waited;
    const { holder, handedOff, next: receiver } = await forced;
    assert.ok(holder?.kind === 'locker' && receiver?.kind === 'locker' && handedOff);
    assert.deepEqual(
      [holder.owner, holder.token, holder.self, receiver.token, receiver.fencingToken],
      ['mine', lock.token, true, next.token, next.fencingToken],
    );
    await lock.release().catch(() => {});
  });

  promises('a forced release of a free lock is no event', async (scene) => {
    const locker = await scene.locker();
    using watched = watch('order:42');
    await locker.forceRelease('order:42');
    assert.deepEqual(watched.events, []);
  });

  promises('an error names the lock and the call', async (scene) => {
    const [locker, other] = [await scene.locker(), await scene.locker()];
    const lock = await other.acquire('order:42');
    const waited = locker.acquire('order:42');
    await scene.queued('order:42', 1);
    const closed = locker.close();
    const calls = {
      acquire: () => locker.acquire('order:42'),
      adopt: () => locker.adopt(lock.toJSON()),
      forceRelease: () => locker.forceRelease('order:42'),
    };
    for (const [operation, call] of [
      ['acquire', () => waited],
      ...Object.entries(calls),
    ] as const) {
      await assert.rejects(call(), (error) => {
        assert(error instanceof LockerClosedError);
        assert.deepEqual([error.lockName, error.operation], ['order:42', operation]);
        assert.equal(error.message, `Lock "order:42": ${operation}: The locker is closed.`);
        return true;
      });
    }
    await closed;
    await lock.release();
  });

  promises('a lock and a locker show what they are', async (scene) => {
    const locker = await scene.locker({ owner: 'mine' });
    const lock = await locker.acquire('order:42', { ttl: '1h' });
    const shown = inspect(lock);
    for (const part of ["name: 'order:42'", lock.token, String(lock.fencingToken), 'held: true']) {
      assert.ok(shown.includes(part), shown);
    }
    assert.match(shown, /^Lock \{[^]*remaining: 35\d{5}\s*\}$/);
    assert.match(inspect({ lock }, { depth: 0 }), /\{ lock: \[Lock\] \}/);
    await lock.release();
    assert.match(inspect(lock), /held: false[^]*remaining: 0/);
    assert.match(inspect(locker), /^Locker \{[^]*owner: 'mine'[^]*address: '[^]*state: 'open'/);
    await locker.close();
    assert.match(inspect(locker), /state: 'closed'/);
  });
}
