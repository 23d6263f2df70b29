import assert from 'node:assert/strict';
import { AcquireTimeoutError, type Lock, type LockJSON } from '@holdfast/core';
import { eventually } from './patience.js';
import type { Promises } from './scene.js';

const SHARED = { mode: 'shared' } as const;

/** What arrives at another process. */
function sent(lock: Lock): LockJSON {
  return JSON.parse(JSON.stringify(lock)) as LockJSON;
}

/** Readers and writers. */
export function sharing(promises: Promises): void {
  promises('readers hold a lock together, each with a lock of its own', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using first = await mine.acquire('report', SHARED);
    await using second = await other.acquire('report', SHARED);
    await using third = await mine.tryAcquire('report', SHARED);
    assert.ok(third);
    for (const lock of [first, second, third]) {
      assert.deepEqual([lock.mode, lock.limit, lock.weight], ['shared', undefined, 1]);
      assert.equal(lock.held, true);
      await lock.renew();
    }
    const tokens = [first, second, third].map(({ fencingToken }) => fencingToken);
    assert.deepEqual(
      tokens.toSorted((a, b) => a - b),
      tokens,
    );
    assert.equal(new Set(tokens).size, 3);
  });

  promises(
    'nobody has a lock exclusively beside a reader, nor a reader beside him',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const reader = await mine.acquire('report', SHARED);
      assert.equal(await other.tryAcquire('report'), null);
      assert.equal(await mine.tryAcquire('report'), null);
      await reader.release();
      await using writer = await other.acquire('report', { waitTimeout: 0 });
      assert.deepEqual([writer.mode, writer.limit, writer.weight], ['exclusive', undefined, 1]);
      assert.equal(await mine.tryAcquire('report', SHARED), null);
    },
  );

  promises('a writer gets in when the last reader has left', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const readers = [await mine.acquire('report', SHARED), await mine.acquire('report', SHARED)];
    const waited = other.acquire('report');
    await scene.queued('report', 1);
    await readers[0]?.release();
    await scene.queued('report', 1);
    await readers[1]?.release();
    await using writer = await eventually(waited, 'the writer gets in');
    assert.ok(writer.fencingToken > (readers[1]?.fencingToken ?? 0));
  });

  promises('who comes behind a writer that waits does not overtake it', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const reader = await mine.acquire('report', SHARED);
    const order: string[] = [];
    const writes = other.using('report', () => order.push('writer'));
    await scene.queued('report', 1);
    const reads = third.using('report', SHARED, () => order.push('reader'));
    await scene.queued('report', 2);
    assert.equal(await mine.tryAcquire('report', SHARED), null);
    await reader.release();
    await eventually(Promise.all([writes, reads]), 'both get in');
    assert.deepEqual(order, ['writer', 'reader']);
  });

  promises('a row of readers behind a writer enters together', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const writer = await mine.acquire('report');
    const row = Array.from({ length: 5 }, (_, n) =>
      (n % 2 === 0 ? mine : other).acquire('report', SHARED),
    );
    await scene.queued('report', 5);
    const behind = other.acquire('report');
    await scene.queued('report', 6);
    const last = mine.acquire('report', SHARED);
    await scene.queued('report', 7);
    await writer.release();
    const readers = await eventually(Promise.all(row), 'all of the row get in');
    assert.ok(readers.every(({ held }) => held));
    await scene.queued('report', 2);
    await Promise.all(readers.map((reader) => reader.release()));
    await (await eventually(behind, 'the second writer gets in')).release();
    await (await eventually(last, 'the last reader gets in')).release();
  });

  promises('a writer that gives up lets those behind it in at once', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    await using _ = await mine.acquire('report', SHARED);
    const controller = new AbortController();
    const writes = other.acquire('report', { signal: controller.signal });
    await scene.queued('report', 1);
    const reads = third.acquire('report', { ...SHARED, waitTimeout: '3s' });
    await scene.queued('report', 2);
    controller.abort();
    await assert.rejects(writes);
    await using reader = await eventually(reads, 'the reader gets in');
    assert.equal(reader.held, true);
  });

  promises(
    'a reader that stops renewing costs a writer its own lease, and no more',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const renewing = await mine.acquire('report', { ...SHARED, ttl: '1h' });
      await mine.acquire('report', { ...SHARED, ttl: 300, renew: false });
      const waited = other.acquire('report');
      await scene.queued('report', 1);
      await renewing.release();
      await using writer = await eventually(waited, 'the writer gets in');
      assert.equal(writer.held, true);
    },
  );

  promises('a busy lock says how long the first of its readers has left', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using short = await mine.acquire('report', { ...SHARED, ttl: '1m' });
    await using long = await mine.acquire('report', { ...SHARED, ttl: '2m' });
    assert.ok(short.held && long.held);
    await assert.rejects(other.acquire('report', { waitTimeout: 0 }), (error) => {
      assert(error instanceof AcquireTimeoutError);
      const { holderTtl } = error;
      assert.ok(holderTtl !== undefined && holderTtl > 30_000 && holderTtl <= 60_000);
      return true;
    });
  });

  promises('a reader is handed over and adopted beside the others', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using stays = await mine.acquire('report', SHARED);
    const lock = await mine.acquire('report', SHARED);
    const json = JSON.parse(JSON.stringify(lock.handOver())) as LockJSON;
    assert.equal(json.mode, 'shared');
    const adopted = await other.adopt(json);
    assert.deepEqual([adopted.mode, adopted.token], ['shared', lock.token]);
    await adopted.renew();
    await adopted.release();
    await assert.rejects(other.adopt(json), { code: 'LOCK_LOST' });
    await stays.renew();
  });

  promises('an exclusive lock travels as it always did', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('report');
    assert.deepEqual(Object.keys(sent(lock)), ['name', 'token', 'fencingToken', 'ttl']);
  });

  promises('a forced release takes a lock from all who share it', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const readers = [await mine.acquire('report', SHARED), await other.acquire('report', SHARED)];
    const waited = third.acquire('report');
    await scene.queued('report', 1);
    assert.equal(await third.forceRelease('report'), true);
    await using writer = await eventually(waited, 'the writer gets in');
    for (const reader of readers) {
      await assert.rejects(reader.renew(), { code: 'LOCK_LOST', reason: 'taken' });
    }
    assert.equal(writer.held, true);
    await writer.renew();
  });

  promises('who is taken out of a room is not in the next one', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const former = await mine.acquire('report', SHARED);
    await other.forceRelease('report');
    await using reader = await other.acquire('report', SHARED);
    await assert.rejects(former.release(), { code: 'LOCK_LOST', reason: 'taken' });
    await reader.renew();
  });

  promises(
    'a locker that closes gives back its part, and the others keep theirs',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const lost = await mine.acquire('report', SHARED);
      await using kept = await other.acquire('report', SHARED);
      await mine.close();
      assert.equal(lost.held, false);
      await kept.renew();
      assert.equal(await other.tryAcquire('report'), null);
    },
  );

  promises('readers can be the rule of a locker, and a call its exception', async (scene) => {
    const [mine, other] = [await scene.locker(SHARED), await scene.locker(SHARED)];
    await using one = await mine.acquire('report');
    await using two = await other.acquire('report', { waitTimeout: 0 });
    assert.deepEqual([one.mode, two.mode], ['shared', 'shared']);
    assert.equal(await mine.tryAcquire('report', { mode: 'exclusive' }), null);
    await using permit = await mine.acquire('api', { limit: 2 });
    assert.equal(permit.mode, 'limited');
  });
}
