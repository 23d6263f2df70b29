import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLocker, type LockerOptions } from '@holdfast/core';
import { startRedis } from '@holdfast/support';
import { Redis } from 'ioredis';

describe('what is meant for another client than node-redis', () => {
  test('a client of ioredis is named, and no connection is made of it', async () => {
    await using redis = await startRedis();
    const client = new Redis(redis.port, { lazyConnect: true });
    // @ts-expect-error -- the types refuse it, too
    const options: LockerOptions = { client };
    await assert.rejects(createLocker(options), {
      name: 'TypeError',
      message: /^client: this is a client of ioredis; give one of node-redis, or url/,
    });
    assert.equal(client.status, 'wait');
    client.disconnect();
  });

  const misplaced = {
    host: /^redis\.host: .* it is redis\.socket\.host\.$/,
    port: /^redis\.port: .* it is redis\.socket\.port\.$/,
    tls: /^redis\.tls: .* it is redis\.socket\.tls\.$/,
    db: /^redis\.db: .* it is redis\.database\.$/,
    keyPrefix: /^redis\.keyPrefix: .* it is the locker's own keyPrefix\.$/,
  };
  for (const [option, message] of Object.entries(misplaced)) {
    test(`an option that node-redis would ignore is refused: ${option}`, async () => {
      const redis = { [option]: 1 } as LockerOptions['redis'];
      await assert.rejects(createLocker({ redis }), { name: 'TypeError', message });
    });
  }
});
