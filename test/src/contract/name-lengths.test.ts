import assert from 'node:assert/strict';
import { onEveryGround } from './grounds.js';

/** UTF-16 units of prefix and name together. */
const LONGEST = 16_384;
const PREFIX = 'lock:';

function nameOf(length: number, unit = 'x'): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

onEveryGround('lengths of names', (promises) => {
  promises('a name may be as long as the longest key, counted in UTF-16 units', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    // Three bytes each in UTF-8.
    const name = nameOf(LONGEST - PREFIX.length, 'ロ');
    const lock = await mine.acquire(name);
    const waited = other.acquire(name);
    await scene.queued(name, 1);
    await lock.release();
    await using next = await waited;
    assert.equal(next.name, name);
  });

  promises('a longer name is refused by every call', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42');
    const name = nameOf(LONGEST - PREFIX.length + 1);
    const calls: readonly (() => Promise<unknown>)[] = [
      () => locker.acquire(name),
      () => locker.tryAcquire(name),
      () => locker.using(name, () => {}),
      () => locker.forceRelease(name),
      () => locker.adopt({ ...lock.toJSON(), name }),
    ];
    for (const call of calls) {
      await assert.rejects(call(), { name: 'RangeError', message: /^Lock name: .*16384/ });
    }
  });

  promises('a longer prefix leaves less for the name', async (scene) => {
    const locker = await scene.locker({ keyPrefix: PREFIX + nameOf(LONGEST - 2 - PREFIX.length) });
    await using _ = await locker.acquire('xx');
    await assert.rejects(locker.acquire('xxx'), { name: 'RangeError', message: /^Lock name: / });
  });

  promises('a prefix that leaves nothing is refused with the locker', async (scene) => {
    const keyPrefix = nameOf(LONGEST + 1);
    await assert.rejects(scene.locker({ keyPrefix }), {
      name: 'RangeError',
      message: /^keyPrefix: .*16383/,
    });
  });
});
