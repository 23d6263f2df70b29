import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLocker, type LockerOptions, memoryStore } from '@holdfast/core';
import { createClient } from 'redis';
import { oneServer } from './one-server.js';

const server = oneServer();

test('only one place can be given, and the message names those that were', async () => {
  const client = await createClient({ url: server.redis.url }).connect();
  const places = {
    url: server.redis.url,
    redis: { url: server.redis.url },
    client,
    cluster: { rootNodes: [{ url: server.redis.url }] },
    sentinel: { name: 'orders', sentinelRootNodes: [{ host: 'localhost', port: 26_379 }] },
    store: memoryStore(),
  };
  const names = Object.keys(places) as (keyof typeof places)[];
  for (const first of names) {
    for (const second of names.filter((name) => name !== first)) {
      const both = { [first]: places[first], [second]: places[second] };
      await assert.rejects(createLocker(both), (error) => {
        assert(error instanceof TypeError);
        assert.ok(error.message.includes(first) && error.message.includes(second), error.message);
        return true;
      });
    }
  }
  client.destroy();
});

test('a place that is none is refused under its name', async () => {
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    url: [42, null, {}],
    redis: [null, 'redis://localhost', 42, { url: 42 }],
    client: [null, {}, 'redis://localhost', { duplicate: true }, () => {}],
    store: [null, {}, 'memory', memoryStore],
  };
  for (const [option, values] of Object.entries(wrong)) {
    for (const value of values) {
      await assert.rejects(createLocker({ [option]: value }), (error) => {
        assert(error instanceof TypeError);
        assert.ok(error.message.startsWith(option), error.message);
        return true;
      });
    }
  }
});

test('an option for sentinels that leads nowhere, or has no effect, is refused under its name', async () => {
  const sentinelRootNodes = [{ host: 'localhost', port: 26_379 }];
  const right = { name: 'orders', sentinelRootNodes };
  const wrong: Readonly<Record<string, unknown>> = {
    'sentinel:': 'localhost:26379',
    'sentinel.name:': { ...right, name: '' },
    'sentinel.sentinelRootNodes:': { ...right, sentinelRootNodes: [] },
    'sentinel.sentinelRootNodes[0]:': { ...right, sentinelRootNodes: ['localhost:26379'] },
    'sentinel.sentinelRootNodes[0].host:': { ...right, sentinelRootNodes: [{ port: 26_379 }] },
    'sentinel.sentinelRootNodes[0].port:': { ...right, sentinelRootNodes: [{ host: 'a' }] },
    'sentinel.nodeClientOptions.url:': { ...right, nodeClientOptions: { url: 'redis://a' } },
    'sentinel.nodeClientOptions.host:': { ...right, nodeClientOptions: { host: 'a' } },
    'sentinel.sentinelClientOptions.port:': { ...right, sentinelClientOptions: { port: 1 } },
    'sentinel.nodeAddressMap:': { ...right, nodeAddressMap: 'a' },
    'sentinel.masterPoolSize:': { ...right, masterPoolSize: 4 },
    'sentinel.replicaPoolSize:': { ...right, replicaPoolSize: 1 },
    'sentinel.reserveClient:': { ...right, reserveClient: true },
    'sentinel.scanInterval:': { ...right, scanInterval: 1_000 },
    'sentinel.RESP:': { ...right, RESP: 3 },
    'sentinel.keyPrefix:': { ...right, keyPrefix: 'app:' },
  };
  for (const [option, sentinel] of Object.entries(wrong)) {
    await assert.rejects(createLocker({ sentinel } as LockerOptions), (error) => {
      assert(error instanceof TypeError, String(error));
      assert.ok(error.message.startsWith(option), error.message);
      return true;
    });
  }
});

describe('a malformed URL is refused without its password', () => {
  const urls = [
    'not a url',
    'hunter2',
    'localhost:6379',
    'http://user:hunter2@localhost:6379',
    'redis://user:hunter2@localhost:port',
    'redis://user:hunter2@localhost:99999',
    'redis://user:hunter2@localhost/database',
    'redis://user:hunter2@localhost/1/2',
    'redis://user:hunter2@[::1',
    // A password that should have been escaped.
    'redis://user:12/hunter2@localhost:6379',
    'redis://user:a#hunter2@localhost:6379',
    'redis://user:a?hunter2@localhost:6379',
    'redis://user:%zzhunter2@localhost:6379',
    'unix://user:hunter2@',
  ];
  for (const url of urls) {
    test(url, async () => {
      for (const where of [{ url }, { redis: { url } }]) {
        await assert.rejects(createLocker(where), (error) => {
          assert(error instanceof TypeError, String(error));
          assert.match(error.message, /^(redis\.)?url: /);
          assert.ok(!error.message.includes('hunter2'), error.message);
          return true;
        });
      }
    });
  }
});

test('a mistake of the caller is refused before anything is sent', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using lock = await locker.acquire('order:42');
  const former = await server.witness.calls('evalsha');
  const calls = [
    () => locker.acquire(''),
    () => locker.acquire(42 as never),
    () => locker.acquire('order:43', { ttl: 0 }),
    () => locker.acquire('order:43', { waitTimeout: -1 }),
    () => locker.acquire('order:43', { TTL: 5_000 } as never),
    () => locker.acquire('order:43', { signal: AbortSignal.abort() }),
    () => locker.tryAcquire('\uD800'),
    () => locker.tryAcquire('order:43', { ttl: '5 parsecs' as never }),
    () => locker.using('order:43', { ttl: 1.5 }, () => {}),
    () => locker.using('order:43', undefined as never),
    () => locker.adopt({ ...lock.toJSON(), token: 'mine' }),
    () => locker.adopt(lock.toJSON(), { ttl: Number.NaN }),
    () => locker.forceRelease(''),
    () => lock.renew(-1),
  ];
  for (const call of calls) await assert.rejects(call());
  assert.equal(await server.witness.calls('evalsha'), former);
  await lock.renew();
  assert.equal(await server.witness.calls('evalsha'), former + 1);
});

async function connections(): Promise<string | undefined> {
  const stats = String(await server.witness.command('INFO', 'stats'));
  return /total_connections_received:(\d+)/.exec(stats)?.[1];
}

test('a mistake in the options of a locker is refused before anything is opened', async () => {
  const former = await connections();
  const wrong = [{ ttl: 0 }, { connectTimeout: '0s' }, { pool: { max: 0 } }, { keyprefix: 'x' }];
  for (const options of wrong) {
    await assert.rejects(createLocker({ url: server.redis.url, ...options } as LockerOptions));
  }
  assert.equal(await connections(), former);
});
