import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { startRedis } from '@holdfast/support';
import { createClient } from 'redis';
import { LEAST_PRIVILEGE } from './acl.js';
import { redisGround } from './redis-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks in Redis, as a user with no more rights than needed', () =>
  redisGround(async ({ url, port }) => {
    const admin = createClient({ url });
    await admin.connect();
    await admin.aclSetUser('worker', ['on', '>secret', ...LEAST_PRIVILEGE.split(' ')]);
    admin.destroy();
    return { where: { url: `redis://worker:secret@127.0.0.1:${port}` } };
  }),
);

test('the number of a database asks for one right more', async () => {
  await using redis = await startRedis();
  const admin = createClient({ url: redis.url });
  await admin.connect();
  await admin.aclSetUser('worker', ['on', '>secret', ...LEAST_PRIVILEGE.split(' ')]);
  const where = { url: `redis://worker:secret@127.0.0.1:${redis.port}/3` };
  await assert.rejects(createLocker(where), { code: 'REDIS_REFUSED' });
  await admin.aclSetUser('worker', ['+select']);
  admin.destroy();
  await using locker = await createLocker(where);
  await using lock = await locker.acquire('order:42');
  assert.equal(lock.held, true);
});
