import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { AcquireTimeoutError, type Lock, type LockHolder, ownerOf } from '@holdfast/core';
import type { Promises } from './scene.js';

const BILLING = 'billing@web-3';

/** What others are told of a lock. */
function holderOf({ token, fencingToken }: Lock, owner: string | undefined): LockHolder {
  return { kind: 'locker', owner, token, fencingToken, self: false };
}

export function owners(promises: Promises): void {
  promises('a token names the owner that the locker was told', async (scene) => {
    const locker = await scene.locker({ owner: BILLING });
    await using lock = await locker.acquire('order:42');
    assert.equal(locker.owner, BILLING);
    assert.equal(ownerOf(lock.token), BILLING);
    assert.ok(lock.token.endsWith(`/${BILLING}`), lock.token);
  });

  promises('a token names host and process, where the locker was told nothing', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42');
    const owner = ownerOf(lock.token);
    assert.equal(owner, locker.owner);
    assert.ok(owner?.startsWith(hostname().slice(0, 8)) && owner.endsWith(`:${process.pid}`));
  });

  promises('an owner can be any text, and is read as it was given', async (scene) => {
    for (const owner of ['a b', 'Büro 3', 'ns/pod-7', '100%', '"\\"', '\0\n\t', '🔒', '%zz', '/']) {
      const locker = await scene.locker({ owner });
      const lock = await locker.acquire('order:42');
      assert.match(lock.token, /^[\w-]+\/[\w-]+\/[!-~]+$/);
      assert.deepEqual([ownerOf(lock.token), locker.owner], [owner, owner]);
      // It is handed to the next one, renewed and adopted like any other.
      const next = (await scene.locker({ owner })).acquire('order:42');
      await scene.queued('order:42', 1);
      await lock.renew();
      await lock.release();
      const adopted = await locker.adopt((await next).handOver());
      assert.equal(ownerOf(adopted.token), owner);
      await adopted.release();
    }
  });

  promises('an owner takes up to 64 bytes as it is written', async (scene) => {
    const owner = 'x'.repeat(61);
    await using lock = await (await scene.locker({ owner: `${owner}%` })).acquire('order:42');
    assert.equal(ownerOf(lock.token), `${owner}%`);
    await assert.rejects(scene.locker({ owner: `${owner}xx%` }), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, /^owner: .* has 66 bytes; 64 are allowed\.$/);
      return true;
    });
    for (const wrong of [42, null, {}, '\uD800']) {
      await assert.rejects(scene.locker({ owner: wrong as string }), {
        name: 'TypeError',
        message: /^owner: /,
      });
    }
  });

  promises('an owner can be left out', async (scene) => {
    const locker = await scene.locker({ owner: '' });
    await using lock = await locker.acquire('order:42');
    assert.equal(ownerOf(lock.token), undefined);
    assert.match(lock.token, /^[\w-]+\/[\w-]+$/);
    const other = await scene.locker();
    await assert.rejects(other.acquire('order:42', { waitTimeout: 0 }), (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.deepEqual(error.holder, holderOf(lock, undefined));
      assert.ok(error.message.includes(`held by token ${lock.token} (`), error.message);
      return true;
    });
  });

  promises('tokens of one owner differ, and cannot be told in advance', async (scene) => {
    const tokens = new Set<string>();
    for (const locker of [await scene.locker({ owner: '' }), await scene.locker({ owner: 'x' })]) {
      for (let n = 0; n < 50; n += 1) {
        const lock = await locker.acquire('order:42');
        tokens.add(lock.token.split('/')[1]?.slice(0, 8) ?? '');
        await lock.release();
      }
    }
    assert.equal(tokens.size, 100);
  });

  promises('who gives up is told who holds the lock, as of the last answer', async (scene) => {
    const [mine, other] = [await scene.locker({ owner: BILLING }), await scene.locker()];
    await using lock = await mine.acquire('order:42');
    for (const waitTimeout of [0, 50]) {
      await assert.rejects(other.acquire('order:42', { waitTimeout }), (error) => {
        assert(error instanceof AcquireTimeoutError);
        assert.deepEqual(error.holder, holderOf(lock, BILLING));
        const held = `; it is held by ${BILLING} (fencing token ${lock.fencingToken}), who has `;
        assert.ok(error.message.includes(held), error.message);
        assert.equal(error.operation, 'acquire');
        return true;
      });
    }
  });

  promises('who waits for itself is told so', async (scene) => {
    const locker = await scene.locker({ owner: BILLING });
    await using _ = await locker.acquire('order:42');
    await assert.rejects(locker.acquire('order:42', { waitTimeout: 500 }), (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.ok(error.holder?.kind === 'locker' && error.holder.self);
      assert.match(error.message, /held by this very locker, billing@web-3 \(/);
      return true;
    });
  });
}
