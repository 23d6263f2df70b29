import assert from 'node:assert/strict';
import type { Lock } from '@holdfast/core';
import { aborted } from './patience.js';
import type { Promises } from './scene.js';

function assertRising(locks: readonly Lock[]): void {
  const tokens = locks.map((lock) => lock.fencingToken);
  assert.ok(tokens.every((token) => Number.isSafeInteger(token) && token > 0));
  for (const [index, token] of tokens.entries()) {
    assert.ok(index === 0 || token > (tokens[index - 1] ?? Infinity), tokens.join(' '));
  }
}

export function fencing(promises: Promises): void {
  promises('fencing tokens rise with every take, whoever takes', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const locks: Lock[] = [];
    for (const locker of [mine, other, mine, mine, other, other, mine]) {
      const lock = await locker.acquire('order:42');
      locks.push(lock);
      await lock.release();
    }
    assertRising(locks);
  });

  promises('fencing tokens rise with every hand-off', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const first = await mine.acquire('order:42');
    const locks = [first];
    const turns: Promise<unknown>[] = [];
    for (const [place, locker] of [other, mine, other, other].entries()) {
      turns.push(locker.using('order:42', (lock) => locks.push(lock)));
      await scene.queued('order:42', place + 1);
    }
    await first.release();
    await Promise.all(turns);
    assert.equal(locks.length, 5);
    assertRising(locks);
  });

  promises('fencing tokens rise over an expired lease and a forced release', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const expired = await mine.acquire('order:42', { ttl: 80, renew: false });
    await aborted(expired.signal);
    const forced = await other.acquire('order:42');
    await mine.forceRelease('order:42');
    await using last = await mine.acquire('order:42');
    assertRising([expired, forced, last]);
  });

  promises('a renewal keeps the fencing token', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42');
    const { fencingToken } = lock;
    await lock.renew();
    assert.equal(lock.fencingToken, fencingToken);
  });
}
