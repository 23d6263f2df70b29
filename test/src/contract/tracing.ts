import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { AcquireTimeoutError, LockLostError } from '@holdfast/core';
import type { Promises } from './scene.js';
import { Traces } from './traced.js';

const NAMES = ['order:42', 'order:7'];

export function tracing(promises: Promises): void {
  promises(
    'a call is traced until it has the lock, and the lock until it is given back',
    async (scene) => {
      const locker = await scene.locker();
      using traces = new Traces('order:42');
      const lock = await locker.acquire('order:42', { waitTimeout: '2s', group: 'order' });
      assert.deepEqual(traces.told, ['acquire granted', 'hold goes on']);
      await lock.release();
      // Whoever goes on finds it told.
      assert.deepEqual(traces.told, ['acquire granted', 'hold released']);
      const whole = ['start', 'end', 'asyncStart', 'asyncEnd'];
      assert.deepEqual(
        traces.all.map(({ parts }) => parts),
        [whole, whole],
      );
      const common = { operation: 'acquire', lockNames: ['order:42'], group: 'order' };
      const { run, ...hold } = traces.last('hold');
      assert.equal(typeof run, 'function');
      assert.deepEqual({ ...hold }, { ...common, lock, outcome: 'released', result: undefined });
      assert.deepEqual(
        { ...traces.last('acquire') },
        { ...common, waitTimeout: 2_000, outcome: 'granted', result: lock },
      );
    },
  );

  promises('every way to a lock is traced', async (scene) => {
    const locker = await scene.locker();
    const ways = {
      tryAcquire: async () => (await locker.tryAcquire('order:42'))?.release(),
      using: () => locker.using('order:42', () => {}),
      lead: () => locker.lead('order:42', () => {}),
      list: async () => (await locker.acquire(NAMES)).release(),
      'list, using': () => locker.using(NAMES, () => {}),
      block: async () => {
        await using _ = await locker.acquire('order:42');
      },
    };
    for (const [way, go] of Object.entries(ways)) {
      using traces = new Traces('order:42');
      await go();
      await traces.over();
      assert.deepEqual(traces.told, ['acquire granted', 'hold released'], way);
      const names = way.startsWith('list') ? NAMES : ['order:42'];
      for (const { message } of traces.all) assert.deepEqual(message.lockNames, names, way);
    }
  });

  promises('who joins takes nothing, and is not traced', async (scene) => {
    const locker = await scene.locker();
    using traces = new Traces('order:42');
    await locker.using('order:42', () => locker.using('order:42', () => {}));
    await traces.over();
    assert.deepEqual(traces.told, ['acquire granted', 'hold released']);
  });

  promises(
    'a lock that is handed over ends here, and begins where it is adopted',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      for (const names of ['order:42', NAMES] as const) {
        using traces = new Traces('order:42');
        const held =
          typeof names === 'string' ? await mine.acquire(names) : await mine.acquire(names);
        const json = held.handOver();
        await traces.over();
        assert.deepEqual(traces.told, ['acquire granted', 'hold handed-over']);
        const adopted =
          'locks' in json
            ? await other.adopt(json, { group: 'order' })
            : await other.adopt(json, { group: 'order' });
        await adopted.release();
        await traces.over();
        assert.deepEqual(traces.told.slice(2), ['acquire granted', 'hold released']);
        for (const { operation, group } of [traces.last('acquire'), traces.last('hold')]) {
          assert.deepEqual([operation, group], ['adopt', 'order']);
        }
      }
    },
  );

  promises('a call that gets no lock says why, and no hold follows', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await other.acquire('order:42');
    using traces = new Traces('order:42');
    assert.equal(await mine.tryAcquire('order:42'), null);
    assert.equal(traces.last('acquire').waitTimeout, 0);
    assert(traces.last('acquire').error instanceof AcquireTimeoutError);

    const stop = new AbortController();
    const waits = mine.acquire('order:42', { signal: stop.signal });
    await scene.queued('order:42', 1);
    stop.abort();
    await assert.rejects(waits, { name: 'AbortError' });
    assert.equal(traces.last('acquire').waitTimeout, undefined);
    await lock.release();

    await assert.rejects(mine.adopt(lock.toJSON()), LockLostError);
    await mine.close();
    await assert.rejects(mine.acquire('order:42'), { code: 'LOCKER_CLOSED' });
    assert.deepEqual(traces.told, [
      'acquire timeout',
      'acquire aborted',
      'acquire lost',
      'acquire closed',
    ]);
    const whole = ['start', 'end', 'error', 'asyncStart', 'asyncEnd'];
    for (const { parts } of traces.all) assert.deepEqual(parts, whole);
  });

  promises('a call with a mistake is no call', async (scene) => {
    const locker = await scene.locker();
    using traces = new Traces('order:42');
    for (const group of ['', 7, null]) {
      const wrong = { group } as never;
      const message = /^group: .* is not a word\.$/;
      await assert.rejects(locker.acquire('order:42', wrong), { name: 'TypeError', message });
      await assert.rejects(
        locker.lead('order:42', () => {}, wrong),
        { name: 'TypeError', message },
      );
    }
    assert.deepEqual(traces.told, []);
  });

  promises('a lock that is lost ends with its error, also where nobody asks', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    for (const names of [['order:42'], NAMES]) {
      using traces = new Traces('order:42');
      const held = await mine.acquire(names);
      await other.forceRelease('order:42');
      await assert.rejects(held.renew(), LockLostError);
      await traces.over();
      assert.deepEqual(traces.told, ['acquire granted', 'hold lost']);
      assert.equal(traces.last('hold').error, held.signal.reason);
      await held.release().catch(() => {});
    }
  });

  promises('a loss that only the release finds is one', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    using traces = new Traces('order:42');
    const lock = await mine.acquire('order:42', { renew: false });
    await other.forceRelease('order:42');
    await assert.rejects(lock.release(), LockLostError);
    await traces.over();
    assert.deepEqual(traces.told, ['acquire granted', 'hold lost']);
    assert.deepEqual(traces.all.at(-1)?.parts.slice(-3), ['error', 'asyncStart', 'asyncEnd']);
  });

  promises('closing the locker ends what is held', async (scene) => {
    const locker = await scene.locker();
    using traces = new Traces('order:42');
    await locker.acquire('order:42');
    await locker.close();
    await traces.over();
    const { outcome, error } = traces.last('hold');
    assert.equal(outcome, 'lost');
    assert(error instanceof LockLostError && error.reason === 'closed');
  });

  promises('a lock that is kept ends when its holder is done', async (scene) => {
    const locker = await scene.locker();
    for (const names of [['order:42'], NAMES]) {
      using traces = new Traces('order:42');
      const held = await locker.acquire(names, { holdAtLeast: '1m' });
      await held.release();
      await traces.over();
      assert.deepEqual(traces.told, ['acquire granted', 'hold kept']);
      for (const name of names) await locker.forceRelease(name);
    }
  });

  promises('all is told in the context of the call', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const request = new AsyncLocalStorage<string>();
    const contexts = new Set<string | undefined>();
    const first = await other.acquire('order:42');
    using traces = new Traces('order:42', () => contexts.add(request.getStore()));
    const waits = request.run('the call', () => mine.acquire('order:42'));
    await scene.queued('order:42', 1);
    await first.release();
    await request.run('another one', async () => (await waits).release());
    const lost = await request.run('the call', () => mine.acquire('order:42'));
    await other.forceRelease('order:42');
    await lost.renew().catch(() => {});
    await traces.over();
    assert.deepEqual([...contexts], ['the call']);
    assert.deepEqual(traces.told.slice(-1), ['hold lost']);
  });

  promises(
    'what is bound to a hold is there for the work that is called under it',
    async (scene) => {
      const locker = await scene.locker();
      const span = new AsyncLocalStorage<string>();
      const [acquires, holds] = [
        tracingChannel('holdfast:acquire'),
        tracingChannel('holdfast:hold'),
      ];
      acquires.start.bindStore(span, () => `acquire in ${span.getStore()}`);
      holds.start.bindStore(span, () => `hold in ${span.getStore()}`);
      try {
        await span.run('request', async () => {
          // A call that joins stays in the context in which it is made.
          const seen = await locker.using('order:42', async () => [
            span.getStore(),
            await locker.using(NAMES.slice(1), () => span.getStore()),
            await span.run('inside', () => locker.using('order:42', () => span.getStore())),
            span.getStore(),
          ]);
          const hold = 'hold in request';
          assert.deepEqual(seen, [hold, `hold in ${hold}`, 'inside', hold]);
          // A lock in a variable has no work that is called: its holder goes on as before.
          await using _ = await locker.acquire('order:42');
          assert.equal(span.getStore(), 'request');
          assert.equal(await locker.lead('order:7', () => span.getStore()), 'request');
        });
      } finally {
        acquires.start.unbindStore(span);
        holds.start.unbindStore(span);
      }
    },
  );

  promises('a subscriber may put itself around the work', async (scene) => {
    const locker = await scene.locker();
    const calls: string[] = [];
    using _ = new Traces('order:42', (part, message) => {
      if (part !== 'hold:start' || !('run' in message)) return;
      const { run } = message;
      message.run = (work) => {
        calls.push('before');
        return run(work);
      };
    });
    await locker.using('order:42', async () => {
      await Promise.resolve();
      calls.push('work');
    });
    await locker.using(NAMES, () => calls.push('work'));
    assert.deepEqual(calls, ['before', 'work', 'before', 'work']);
  });
}
