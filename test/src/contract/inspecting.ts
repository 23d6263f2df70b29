import assert from 'node:assert/strict';
import type { InspectedHolder, Lock, LockInspection, Locker } from '@holdfast/core';
import type { Promises, Scene } from './scene.js';

/** Clocks of store and test are one machine's; what is between the two takes time. */
const CLOSE = 5_000;

/** So many calls of a locker wait, one after the other. `end` ends them. */
async function wait(
  scene: Scene,
  locker: Locker,
  name: string,
  count: number,
): Promise<{ end(): Promise<void> }> {
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: count }, () => locker.acquire(name, { signal }));
  const all = Promise.allSettled(calls);
  await scene.queued(name, count);
  return {
    async end() {
      controller.abort();
      await all;
    },
  };
}

/** What is told of each holder that a locker like ours is. */
function lockers(inspection: LockInspection): Extract<InspectedHolder, { kind: 'locker' }>[] {
  return inspection.holders.filter((holder) => holder.kind === 'locker');
}

function near(moment: Date, other: Date): boolean {
  return Math.abs(moment.getTime() - other.getTime()) < CLOSE;
}

function tokensOf({ waiting }: LockInspection): string[] {
  return waiting.map(({ token }) => token);
}

export function inspecting(promises: Promises): void {
  promises('a free lock has neither holders nor waiters', async (scene) => {
    const locker = await scene.locker();
    const { at, ...rest } = await locker.inspect('order:42');
    assert.ok(near(at, new Date()));
    assert.deepEqual(rest, {
      name: 'order:42',
      mode: undefined,
      limit: undefined,
      used: 0,
      holders: [],
      holderCount: 0,
      waiting: [],
      waitingCount: 0,
      graceRemaining: undefined,
    });
  });

  promises('a holder is told of with all that its lock says of itself', async (scene) => {
    const mine = await scene.locker({ owner: 'billing@web-3' });
    const other = await scene.locker();
    await using lock = await mine.acquire('order:42', { ttl: '1m' });
    const seen = await other.inspect('order:42');
    assert.deepEqual(
      [seen.mode, seen.used, seen.limit, seen.holderCount],
      ['exclusive', 1, undefined, 1],
    );
    const [holder] = lockers(seen);
    assert.ok(holder !== undefined && near(holder.since, seen.at));
    const { since, remaining, ...rest } = holder;
    assert.ok(since.getTime() <= seen.at.getTime());
    assert.ok(remaining !== undefined && remaining > 60_000 - CLOSE && remaining <= 60_000);
    assert.deepEqual(rest, {
      kind: 'locker',
      owner: 'billing@web-3',
      token: lock.token,
      fencingToken: lock.fencingToken,
      self: false,
      mode: 'exclusive',
      limit: undefined,
      weight: 1,
      listening: false,
      at: seen.at,
    });
    assert.equal(lockers(await mine.inspect('order:42'))[0]?.self, true);
  });

  promises('those who wait are told of in the order of the line', async (scene) => {
    const mine = await scene.locker();
    const [one, two] = [await scene.locker({ owner: 'one' }), await scene.locker({ owner: 'two' })];
    await using _ = await mine.acquire('order:42');
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [one.acquire('order:42', { signal })];
    await scene.queued('order:42', 1);
    waits.push(two.acquire('order:42', { signal, mode: 'shared' }));
    await scene.queued('order:42', 2);
    waits.push(one.acquire('order:42', { signal, limit: 5, weight: 3 }));
    await scene.queued('order:42', 3);
    const over = Promise.allSettled(waits);
    const seen = await two.inspect('order:42');
    assert.equal(seen.waitingCount, 3);
    assert.deepEqual(
      seen.waiting.map(({ owner, self, mode, limit, weight, listening }) => {
        return { owner, self, mode, limit, weight, listening };
      }),
      [
        {
          owner: 'one',
          self: false,
          mode: 'exclusive',
          limit: undefined,
          weight: 1,
          listening: true,
        },
        { owner: 'two', self: true, mode: 'shared', limit: undefined, weight: 1, listening: true },
        { owner: 'one', self: false, mode: 'limited', limit: 5, weight: 3, listening: true },
      ],
    );
    const times = seen.waiting.map(({ since }) => since.getTime());
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok(seen.waiting.every(({ since, at }) => near(since, at) && at === seen.at));
    assert.equal(new Set(seen.waiting.map(({ token }) => token)).size, 3);
    controller.abort();
    await over;
  });

  promises('who shares a lock is told of with what each takes', async (scene) => {
    const locker = await scene.locker();
    await using first = await locker.acquire('api', { limit: 10, weight: 2, ttl: '1m' });
    await using second = await locker.acquire('api', { limit: 5, ttl: '2m' });
    const seen = await locker.inspect('api');
    assert.deepEqual([seen.mode, seen.limit, seen.used, seen.holderCount], ['limited', 5, 3, 2]);
    assert.deepEqual(
      lockers(seen).map(({ token, fencingToken, mode, limit, weight }) => {
        return { token, fencingToken, mode, limit, weight };
      }),
      [first, second].map(({ token, fencingToken, limit, weight }) => {
        return { token, fencingToken, mode: 'limited', limit, weight };
      }),
    );
    await using reader = await locker.acquire('report', { mode: 'shared' });
    const shared = await locker.inspect('report');
    assert.deepEqual([shared.mode, shared.limit, shared.used], ['shared', undefined, 1]);
    assert.equal(lockers(shared)[0]?.token, reader.token);
  });

  promises('as many are told of as were asked for, and all are counted', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await mine.acquire('order:42');
    const crowd = await wait(scene, other, 'order:42', 12);
    const some = await mine.inspect('order:42', { waiting: 5 });
    assert.deepEqual([some.waiting.length, some.waitingCount], [5, 12]);
    const none = await mine.inspect('order:42', { waiting: 0 });
    assert.deepEqual([none.waiting.length, none.waitingCount, none.holderCount], [0, 12, 1]);
    const all = await mine.inspect('order:42');
    assert.deepEqual(tokensOf(all).slice(0, 5), tokensOf(some));
    await crowd.end();
  });

  promises('a long line, and a crowd of holders, is told of in pages', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const permits = await Promise.all(
      Array.from({ length: 600 }, () => mine.acquire('api', { limit: 600 })),
    );
    const crowd = await wait(scene, other, 'api', 600);
    const seen = await mine.inspect('api', { waiting: Infinity, holders: Infinity });
    assert.deepEqual([seen.holderCount, seen.waitingCount, seen.used], [600, 600, 600]);
    const tokens = new Set(lockers(seen).map(({ token }) => token));
    assert.deepEqual(tokens, new Set(permits.map(({ token }) => token)));
    assert.equal(new Set(seen.waiting.map(({ token }) => token)).size, 600);
    const times = seen.waiting.map(({ since }) => since.getTime());
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    // The first page is as of one moment, with the counts; those after it say when they were looked at.
    assert.equal(seen.waiting[0]?.at, seen.at);
    assert.ok((seen.waiting.at(-1)?.at.getTime() ?? 0) >= seen.at.getTime());
    assert.notEqual(seen.waiting.at(-1)?.at, seen.at);
    const some = await mine.inspect('api', { waiting: 300, holders: 300 });
    assert.deepEqual([some.holders.length, some.waiting.length], [300, 300]);
    await crowd.end();
    await Promise.all(permits.map((lock: Lock) => lock.release()));
  });

  promises('who only looks leaves no trace', async (scene) => {
    const locker = await scene.locker();
    await locker.inspect('order:42');
    for await (const _ of locker.list()) assert.fail('nothing is held');
  });

  promises('bad names and options are refused before anything is sent', async (scene) => {
    const locker = await scene.locker();
    await assert.rejects(locker.inspect(''), TypeError);
    await assert.rejects(locker.inspect('x', { waiting: -1 }), RangeError);
    await assert.rejects(locker.inspect('x', { waiting: 1.5 }), RangeError);
    await assert.rejects(locker.inspect('x', { waiting: '5' as never }), TypeError);
    await assert.rejects(locker.inspect('x', { holders: 0 }), RangeError);
    await assert.rejects(locker.inspect('x', { wating: 5 } as never), TypeError);
    assert.throws(() => locker.list({ limit: 0 }), RangeError);
    assert.throws(() => locker.list({ match: 5 as never }), TypeError);
    assert.throws(() => locker.list({ mach: '*' } as never), TypeError);
  });

  promises('a closed locker shows nothing', async (scene) => {
    const locker = await scene.locker();
    await locker.close();
    await assert.rejects(locker.inspect('order:42'), {
      code: 'LOCKER_CLOSED',
      lockName: 'order:42',
      operation: 'inspect',
    });
    await assert.rejects(
      async () => {
        for await (const _ of locker.list()) assert.fail('it is closed');
      },
      { code: 'LOCKER_CLOSED' },
    );
  });
}
