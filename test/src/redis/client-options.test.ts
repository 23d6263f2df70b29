/** What may stand in `redis`, and what may not: nothing is ignored in silence. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker, type LockerOptions } from '@holdfast/core';
import type { RedisClientOptions } from 'redis';
import type { RedisClientOptions as RedisClientOptions5 } from 'redis5';
import { oneServer } from './one-server.js';

const server = oneServer();

type Options = keyof RedisClientOptions | keyof RedisClientOptions5;

/** Every option of both versions, and no other: the compiler holds it to their types. */
const OPTIONS: Readonly<Record<Exclude<Options, 'keyPrefix'>, true>> = {
  RESP: true,
  clientInfoTag: true,
  clientSideCache: true,
  commandOptions: true,
  commandsQueueMaxLength: true,
  credentialsProvider: true,
  database: true,
  disableClientInfo: true,
  disableOfflineQueue: true,
  emitInvalidate: true,
  functions: true,
  himportRegistry: true,
  maintEndpointType: true,
  maintNotifications: true,
  maintRelaxedCommandTimeout: true,
  maintRelaxedSocketTimeout: true,
  modules: true,
  name: true,
  password: true,
  pingInterval: true,
  readonly: true,
  scripts: true,
  socket: true,
  unstableResp3: true,
  url: true,
  username: true,
};

test('every option of node-redis 5 and 6 may be given', async () => {
  for (const option of Object.keys(OPTIONS).filter((one) => one !== 'url')) {
    const redis = { url: server.redis.url, [option]: undefined };
    await using locker = await createLocker({ redis });
    await (await locker.acquire('order:42')).release();
  }
});

suite('an option that would have no effect is refused', () => {
  const refused: readonly (readonly [options: object, message: RegExp])[] = [
    [{ host: '127.0.0.1' }, /^redis\.host: .* it is redis\.socket\.host\.$/],
    [{ rejectUnauthorized: false }, /^redis\.rejectUnauthorized: .* redis\.socket\.rejectUnauth/],
    [{ db: 3 }, /^redis\.db: .* it is redis\.database\.$/],
    [{ keyPrefix: 'mine:' }, /^redis\.keyPrefix: .* it is the locker's own keyPrefix\.$/],
    [{ socket: { password: 'hunter2' } }, /^redis\.socket\.password: .* it is redis\.password\.$/],
    [
      { maxRetriesPerRequest: 3 },
      /^redis\.maxRetriesPerRequest: .* they have url, socket, .* client/,
    ],
    [{ pasword: 'hunter2' }, /^redis\.pasword: .* username, password, /],
  ];
  for (const [options, message] of refused) {
    test(Object.keys(options).join(), async () => {
      const redis = { url: server.redis.url, ...options } as NonNullable<LockerOptions['redis']>;
      await assert.rejects(createLocker({ redis }), (error) => {
        assert.ok(error instanceof TypeError, String(error));
        assert.match(error.message, message);
        assert.ok(!error.message.includes('hunter2'));
        return true;
      });
    });
  }
});
