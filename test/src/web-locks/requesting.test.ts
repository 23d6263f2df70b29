import assert from 'node:assert/strict';
import { lockManager } from '@holdfast/core/web-locks';
import { hold } from './holding.js';
import { onBothStores } from './scene.js';

onBothStores('a request', (promises) => {
  promises(
    'resolves with what its callback returns, once the lock is given back',
    async (clients) => {
      const [locks, others] = [await clients.locks(), await clients.locker()];
      const result = await locks.request('reports', async (lock) => {
        assert.equal(lock?.name, 'reports');
        assert.equal(lock.mode, 'exclusive');
        assert.equal(Object.prototype.toString.call(lock), '[object Lock]');
        assert.equal(await others.tryAcquire('reports'), null);
        return 42;
      });
      assert.equal(result, 42);
      await using free = await others.tryAcquire('reports');
      assert.ok(free);
    },
  );

  promises('rejects with what its callback throws, and gives the lock back', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locker()];
    // oxlint-disable-next-line no-thenable -- whatever is thrown comes as it is, also what could be a promise
    const thenable = { then: () => assert.fail('called') };
    for (const thrown of [new Error('no paper'), undefined, thenable]) {
      const sync = locks.request('reports', () => {
        throw thrown;
      });
      await assert.rejects(
        sync.catch(caught),
        (error) => error instanceof Caught && error.is(thrown),
      );
      const later = locks.request('reports', async () => {
        throw thrown;
      });
      await assert.rejects(
        later.catch(caught),
        (error) => error instanceof Caught && error.is(thrown),
      );
    }
    await using free = await others.tryAcquire('reports');
    assert.ok(free);
  });

  promises('calls its callback once, without this, after the call', async (clients) => {
    const locks = await clients.locks();
    const calls: unknown[] = [];
    const request = locks.request('reports', function (this: unknown) {
      calls.push(this);
    });
    assert.deepEqual(calls, []);
    await request;
    assert.deepEqual(calls, [undefined]);
  });

  promises('waits for whoever has the lock, here and in other processes', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locker()];
    const lock = await others.acquire('reports');
    const log: string[] = [];
    const first = locks.request('reports', () => void log.push('first'));
    const second = locks.request('reports', () => void log.push('second'));
    await locks.query();
    assert.deepEqual(log, []);
    await lock.release();
    await Promise.all([first, second]);
    assert.deepEqual(log, ['first', 'second']);
  });

  promises('inside of one for the same lock waits for it, and is no error', async (clients) => {
    const locks = await clients.locks();
    const log: string[] = [];
    let inner: Promise<unknown> | undefined;
    await locks.request('reports', async () => {
      inner = locks.request('reports', () => void log.push('inner'));
      await locks.query();
      log.push('outer');
    });
    await inner;
    assert.deepEqual(log, ['outer', 'inner']);
  });

  promises('shares the lock with others that ask for it as shared', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locks()];
    const one = await hold(locks, 'reports', { mode: 'shared' });
    const other = await hold(others, 'reports', { mode: 'shared' });
    assert.deepEqual([one.lock.mode, other.lock.mode], ['shared', 'shared']);
    const log: string[] = [];
    const writer = others.request('reports', () => void log.push('writer'));
    const reader = locks.request('reports', { mode: 'shared' }, () => void log.push('reader'));
    await Promise.all([others.query(), locks.query()]);
    await one.end();
    await other.end();
    await Promise.all([writer, reader]);
    assert.deepEqual(log.toSorted(), ['reader', 'writer']);
  });

  promises('that is only for what is available is given null if it is not', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locks()];
    const ifAvailable = { ifAvailable: true };
    const holding = await hold(locks, 'reports', ifAvailable);
    assert.equal(await others.request('reports', ifAvailable, (lock) => lock), null);
    const shared = { ifAvailable: true, mode: 'shared' } as const;
    assert.equal(await locks.request('reports', shared, (lock) => lock), null);
    const failing = others.request('reports', ifAvailable, (lock) => {
      throw new Error(`given ${String(lock?.name)}`);
    });
    await assert.rejects(failing, { message: 'given undefined' });
    await holding.end();
    assert.equal(await others.request('reports', shared, (lock) => lock?.mode), 'shared');
  });

  promises(
    'that is only for what is available comes behind those made before it',
    async (clients) => {
      const locks = await clients.locks();
      const log: string[] = [];
      const first = locks.request('reports', () => void log.push('first'));
      const second = locks.request('reports', { ifAvailable: true }, (lock) => {
        log.push(`second ${lock === null ? 'has nothing' : 'has the lock'}`);
      });
      await Promise.all([first, second]);
      assert.deepEqual(log.toSorted(), ['first', 'second has nothing']);
    },
  );

  promises(
    'is held like any lock of its locker, and its callback knows the number',
    async (clients) => {
      const locker = await clients.locker();
      const locks = await clients.locks();
      const former = await locker.acquire('reports');
      await former.release();
      const { lock, end } = await hold(locks, 'reports');
      assert.ok(lock.fencingToken > former.fencingToken);
      assert.equal(lock.signal.aborted, false);
      await end();
      assert.equal(lock.signal.aborted, false, 'a lock that is given back is not lost');
    },
  );

  promises(
    'waits without limit, and renews, whatever its locker does otherwise',
    async (clients) => {
      const terms = { waitTimeout: 1, maxWaiting: 1, renew: false, limit: 3 } as const;
      const locks = await clients.locks(terms);
      const holding = await hold(locks, 'reports');
      assert.equal(holding.lock.mode, 'exclusive');
      const waiting = [1, 2, 3].map((n) => locks.request('reports', () => n));
      await locks.query();
      await holding.end();
      assert.deepEqual(await Promise.all(waiting), [1, 2, 3]);
    },
  );

  promises('within a callback of its locker for the same lock is refused', async (clients) => {
    const locker = await clients.locker();
    const locks = lockManager(locker);
    await locker.using('reports', async () => {
      await assert.rejects(
        locks.request('reports', () => {}),
        { code: 'LOCK_REENTRY' },
      );
    });
  });

  promises('of a locker that is closed is refused', async (clients) => {
    const locker = await clients.locker();
    const locks = lockManager(locker);
    const holding = await hold(locks, 'reports');
    const waiting = assert.rejects(
      locks.request('reports', () => {}),
      { code: 'LOCKER_CLOSED' },
    );
    const lost = assert.rejects(holding.over, { code: 'LOCK_LOST', reason: 'closed' });
    await locks.query();
    await locker.close();
    await Promise.all([waiting, lost]);
    await assert.rejects(
      locks.request('reports', () => {}),
      { code: 'LOCKER_CLOSED' },
    );
  });
});

/** So that anything at all can be looked at that was thrown. */
class Caught extends Error {
  readonly #what: unknown;

  constructor(what: unknown) {
    super('caught');
    this.#what = what;
  }

  is(what: unknown): boolean {
    return this.#what === what;
  }
}

function caught(what: unknown): never {
  throw new Caught(what);
}
