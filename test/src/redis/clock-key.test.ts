/** The clock key is ours: whatever somebody else puts there, locks go on. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { oneServer } from './one-server.js';

const CLOCK = 'holdfast:clock';

const server = oneServer();

const FOREIGN: Readonly<Record<string, readonly [command: string, ...values: string[]]>> = {
  list: ['RPUSH', 'apples'],
  hash: ['HSET', 'apples', '3'],
  set: ['SADD', 'apples'],
  zset: ['ZADD', '1', 'apples'],
  stream: ['XADD', '1-1', 'apples', '3'],
};

suite('locks are taken, renewed, handed on and given back over a clock key with', () => {
  for (const [type, [command, ...values]] of Object.entries(FOREIGN)) {
    test(`a ${type}`, async () => {
      const { url } = server.redis;
      const spoil = async (): Promise<void> => {
        await server.witness.command('DEL', CLOCK);
        await server.witness.command(command, CLOCK, ...values);
      };
      await using mine = await createLocker({ url });
      await using other = await createLocker({ url });
      const lock = await mine.acquire('order:42');

      await spoil();
      await lock.renew();
      assert.equal(await other.tryAcquire('order:42'), null);
      await spoil();
      const waited = other.acquire('order:42');
      await server.witness.queued('lock:order:42', 1);
      await lock.release();
      const next = await waited;
      assert.ok(next.fencingToken > lock.fencingToken);
      await spoil();
      await next.release();
      await spoil();
      await using last = await mine.acquire('order:42', { waitTimeout: 0 });
      assert.ok(last.fencingToken > next.fencingToken);
      // It is the clock again.
      assert.match(String(await server.witness.command('GET', CLOCK)), /^\d{16}\b/);
    });
  }
});

test('a line that the clock does not tell of any more is served, at the latest by its poll', async () => {
  const { url } = server.redis;
  await using mine = await createLocker({ url });
  await using other = await createLocker({ url });
  const lock = await mine.acquire('order:42');
  const waited = other.acquire('order:42');
  await server.witness.queued('lock:order:42', 1);
  await server.witness.command('DEL', CLOCK);
  await server.witness.command('RPUSH', CLOCK, 'apples');
  await lock.release();
  await using next = await waited;
  assert.ok(next.held && next.fencingToken > lock.fencingToken);
});
