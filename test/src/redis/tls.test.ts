import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, RedisUnreachableError } from '@holdfast/core';
import { oneServer } from './one-server.js';
import { hasOpenssl, openEntrance } from './tls-entrance.js';

const server = oneServer();

const options = hasOpenssl() ? {} : { skip: 'needs openssl, to make a certificate' };

test('a lock is taken, waited for and handed on over TLS', options, async () => {
  await using entrance = await openEntrance(server.redis.port);
  const { port, ca } = entrance;
  const redis = { socket: { tls: true, host: '127.0.0.1', port, ca } } as const;
  await using one = await createLocker({ redis });
  await using other = await createLocker({ redis });
  const lock = await one.acquire('order:42');
  const waiting = other.acquire('order:42', { waitTimeout: '10s' });
  await server.witness.queued('lock:order:42', 1);
  await lock.release();
  await using next = await waiting;
  assert.ok(next.held && next.fencingToken > lock.fencingToken);
});

test(
  'a certificate that nobody vouches for is refused when the locker opens',
  options,
  async () => {
    await using entrance = await openEntrance(server.redis.port);
    const url = `rediss://127.0.0.1:${entrance.port}`;
    await assert.rejects(createLocker({ url }), (error) => {
      assert.ok(error instanceof RedisUnreachableError);
      assert.match((error.cause as Error).message, /self.signed/);
      return true;
    });
  },
);
