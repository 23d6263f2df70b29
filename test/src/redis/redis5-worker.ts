/** A program in which the installed `redis` is node-redis 5. */
import assert from 'node:assert/strict';
import { register } from 'node:module';
import { serveWorker } from '@holdfast/support';
import { told } from '../contract/patience.js';

register('./redis5-resolution.js', import.meta.url);
const { createLocker } = await import('@holdfast/core');

export type Commands = {
  isRedis5(): Promise<boolean>;
  takeTurns(url: string): Promise<void>;
};

const handlers: Commands = {
  async isRedis5() {
    const [redis, redis5] = await Promise.all([import('redis'), import('redis5')]);
    return (redis as unknown) === redis5;
  },

  /** Acquires, contends, renews, hands on and releases. */
  async takeTurns(url) {
    await using mine = await createLocker({ url });
    await using other = await createLocker({ redis: { url } });
    const lock = await mine.acquire('order:42', { ttl: 900 });
    const waited = other.acquire('order:42', { ttl: 1_000 });
    await told('holdfast:renewal', ({ outcome }) => outcome === 'renewed', 4);
    assert.equal(lock.held, true);
    assert.equal(await mine.tryAcquire('order:42'), null);
    await lock.release();
    await using next = await waited;
    assert.ok(next.held && next.fencingToken > lock.fencingToken);
  },
};

serveWorker(handlers);
