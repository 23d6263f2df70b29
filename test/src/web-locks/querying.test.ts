import assert from 'node:assert/strict';
import type { LockInfo } from '@holdfast/core/web-locks';
import { hold } from './holding.js';
import { onBothStores } from './scene.js';

onBothStores('a query', (promises) => {
  promises('tells nothing where nothing is held', async (clients) => {
    const locks = await clients.locks();
    assert.deepEqual(await locks.query(), { held: [], pending: [] });
  });

  promises('tells what is held and asked for, by all processes, and by whom', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locks()];
    const report = await hold(locks, 'reports');
    const price = await hold(others, 'prices', { mode: 'shared' });
    const { held, pending } = await locks.query();
    const [reports, prices] = [only(held, 'reports'), only(held, 'prices')];
    assert.deepEqual([reports.mode, prices.mode, pending], ['exclusive', 'shared', []]);
    assert.notEqual(reports.clientId, prices.clientId);

    const first = others.request('reports', { mode: 'shared' }, () => {});
    await others.query();
    const second = locks.request('reports', () => {});
    const third = others.request('reports', () => {});
    await others.query();
    assert.deepEqual((await locks.query()).pending, [
      { name: 'reports', mode: 'shared', clientId: prices.clientId },
      { name: 'reports', mode: 'exclusive', clientId: reports.clientId },
      { name: 'reports', mode: 'exclusive', clientId: prices.clientId },
    ]);
    await Promise.all([report.end(), price.end(), first, second, third]);
    assert.deepEqual(await locks.query(), { held: [], pending: [] });
  });

  promises('has in it what was requested before, also in the same turn', async (clients) => {
    const locks = await clients.locks();
    let end!: () => void;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const requests = [1, 2, 3].map(() => locks.request('reports', () => ended));
    const { held, pending } = await locks.query();
    assert.deepEqual([held.length, pending.length], [1, 2]);
    end();
    await Promise.all(requests);
  });

  promises('tells of all who share a lock, and of all who wait, however many', async (clients) => {
    const locks = await clients.locks();
    let end!: () => void;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const shared = { mode: 'shared' } as const;
    const readers = Array.from({ length: 300 }, () =>
      locks.request('reports', shared, () => ended),
    );
    const writers = Array.from({ length: 300 }, () => locks.request('reports', () => {}));
    const { held, pending } = await locks.query();
    assert.deepEqual([held.length, pending.length], [300, 300]);
    assert.ok(held.every(({ mode }) => mode === 'shared'));
    assert.ok(pending.every(({ mode }) => mode === 'exclusive'));
    assert.equal(new Set([...held, ...pending].map(({ clientId }) => clientId)).size, 1);
    end();
    await Promise.all([...readers, ...writers]);
  });

  promises(
    'tells of what lockers hold without a manager; what has a limit is shared',
    async (clients) => {
      const [locks, locker] = [
        await clients.locks(),
        await clients.locker({ owner: 'web-3:4711' }),
      ];
      await using permit = await locker.acquire('api', { limit: 5 });
      const { held } = await locks.query();
      assert.equal(permit.mode, 'limited');
      assert.deepEqual(
        held.map(({ name, mode }) => ({ name, mode })),
        [{ name: 'api', mode: 'shared' }],
      );
      assert.match(held[0]?.clientId ?? '', /^web-3:4711\/[\w-]+$/);
    },
  );
});

function only(infos: readonly LockInfo[], name: string): LockInfo {
  const found = infos.filter((info) => info.name === name);
  assert.equal(found.length, 1);
  return found[0] as LockInfo;
}
