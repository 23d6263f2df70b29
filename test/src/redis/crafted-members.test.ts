/** Members of a line that somebody else wrote, who can write our keys. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { createClient } from 'redis';
import { eventually } from '../contract/patience.js';
import { oneServer } from './one-server.js';

const QUEUE = 'holdfast:queue:lock:order:42';
const TTL = 54_321;

const server = oneServer();

suite('a member of the line with a ttl that no caller can have given is dropped', () => {
  const absurd = [
    '2147483648',
    '999999999999999',
    '9007199254740993',
    '9'.repeat(40),
    '0',
    '-1',
    '1.5',
    '1e9',
    'inf',
    'nan',
    '0x7f',
  ];
  for (const ttl of absurd) {
    test(ttl, async () => {
      const { url } = server.redis;
      await using holder = await createLocker({ url });
      await using waiter = await createLocker({ url });
      // It listens, and never gives back what it is handed.
      const accomplice = await createClient({ url }).connect();
      try {
        const lock = await holder.acquire('order:42');
        const waited = waiter.acquire('order:42', { ttl: TTL });
        await server.witness.queued('lock:order:42', 1);
        const [member] = (await server.witness.command('ZRANGE', QUEUE, '0', '0')) as [string];
        const [channel] = (await server.witness.command('PUBSUB', 'SHARDCHANNELS')) as [string];
        const lockerId = channel.slice(channel.lastIndexOf(':') + 1);
        const itsId = 'x'.repeat(lockerId.length);
        await accomplice.sSubscribe(channel.replace(lockerId, itsId), () => {});

        const crafted = member.replace(lockerId, itsId).replace(String(TTL), ttl);
        assert.ok(crafted.includes(itsId) && crafted.includes(ttl), crafted);
        await server.witness.command('ZADD', QUEUE, '1', crafted);
        await lock.release();
        await using next = await eventually(waited, 'the waiter behind it has the lock');
        assert.ok(Number(await server.witness.command('PTTL', 'lock:order:42')) <= TTL);
        assert.equal(await server.witness.command('EXISTS', QUEUE), 0);
        assert.ok(next.held);
      } finally {
        accomplice.destroy();
      }
    });
  }
});
