import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createLocker,
  type Locker,
  type LockerOptions,
  RedisUnreachableError,
} from '@holdfast/core';
import { Gate, startRedis } from '@holdfast/support';
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import * as redis5 from 'redis5';
import { oneServer } from './one-server.js';

const server = oneServer();

/** Takes, renews, hands on and releases. */
async function exercise(client: LockerOptions['client']): Promise<void> {
  await using mine = await createLocker({ client });
  await using other: Locker = await createLocker({ client });
  const lock = await mine.acquire('order:42');
  await lock.renew();
  assert.equal(await other.tryAcquire('order:42'), null);
  const waited = other.acquire('order:42', { waitTimeout: '5s' });
  await server.witness.queued('lock:order:42', 1);
  await lock.release();
  await using next = await waited;
  assert.ok(next.held && next.fencingToken > lock.fencingToken);
}

test('a client stays open and usable when the locker closes', async () => {
  const client = await createClient({ url: server.redis.url }).connect();
  await exercise(client);
  assert.equal(client.isReady, true);
  assert.equal(await client.ping(), 'PONG');
  client.destroy();
});

test('a pool stays open and usable when the locker closes', async () => {
  const pool = createClientPool({ url: server.redis.url }, { minimum: 1, maximum: 1 });
  await pool.connect();
  await exercise(pool);
  assert.equal(await pool.ping(), 'PONG');
  pool.destroy();
});

test('a client and a pool of node-redis 5 stay open and usable, too', async () => {
  const client = await redis5.createClient({ url: server.redis.url }).connect();
  await exercise(client);
  assert.equal(await client.ping(), 'PONG');
  client.destroy();
  const pool = redis5.createClientPool({ url: server.redis.url }, { minimum: 1, maximum: 1 });
  await pool.connect();
  await exercise(pool);
  assert.equal(await pool.ping(), 'PONG');
  pool.destroy();
});

test('a locker goes on when its template is closed', async () => {
  const client = await createClient({ url: server.redis.url }).connect();
  await using locker = await createLocker({ client });
  client.destroy();
  await using lock = await locker.acquire('order:42', { waitTimeout: 0 });
  assert.ok(lock.held);
});

test('a busy pool that lends nothing for long is not needed again', async () => {
  const pool = createClientPool({ url: server.redis.url }, { minimum: 1, maximum: 1 });
  await pool.connect();
  await using locker = await createLocker({ client: pool });
  const gate = new Gate();
  gate.shut();
  const busy = pool.execute(() => gate.passed());
  await using lock = await locker.acquire('order:42', { waitTimeout: 0 });
  assert.ok(lock.held);
  gate.open();
  await busy;
  pool.destroy();
});

test('a type mapping of the client does not change what a locker reads', async () => {
  const typeMapping = {
    [RESP_TYPES.NUMBER]: String,
    [RESP_TYPES.BLOB_STRING]: Buffer,
    [RESP_TYPES.SIMPLE_STRING]: Buffer,
    [RESP_TYPES.MAP]: Map,
  };
  const { url } = server.redis;
  const byOptions = await createClient({ url, commandOptions: { typeMapping } }).connect();
  await exercise(byOptions);
  byOptions.destroy();
  const plain = await createClient({ url }).connect();
  await exercise(plain.withTypeMapping(typeMapping));
  plain.destroy();
  await using locker = await createLocker({
    redis: { url, commandOptions: { typeMapping } },
  });
  await using lock = await locker.acquire('order:42');
  assert.ok(lock.held);
});

test('every protocol version and every module set of the client will do', async () => {
  const { url } = server.redis;
  for (const options of [
    { url, RESP: 2 },
    { url, RESP: 3 },
  ] as const) {
    const client = await createClient(options).connect();
    await exercise(client);
    client.destroy();
  }
  const bare = await createClient({ url, modules: {} }).connect();
  await exercise(bare);
  bare.destroy();
});

test('what the client does on its own is not taken over', async () => {
  const client = createClient({
    url: server.redis.url,
    RESP: 3,
    pingInterval: 10,
    clientSideCache: { ttl: 0, maxEntries: 10 },
    commandOptions: { timeout: 1 },
    name: 'orders',
  });
  // Its own commands may take longer than that, and it says so.
  client.on('error', () => {});
  await client.connect();
  await exercise(client);
  client.destroy();
});

test('a client that is not connected yet is a template all the same', async () => {
  await exercise(createClient({ url: server.redis.url }));
});

test("a template's server that is gone is unreachable, and the client unharmed", async () => {
  const gone = await startRedis();
  const client = createClient({ url: gone.url });
  client.on('error', () => {});
  await gone[Symbol.asyncDispose]();
  await assert.rejects(createLocker({ client, connectTimeout: 500 }), RedisUnreachableError);
});

test('a cluster and a sentinel are refused, because they are not of one server', async () => {
  const cluster = createCluster({ rootNodes: [{ url: server.redis.url }] });
  const sentinel = createSentinel({
    name: 'orders',
    sentinelRootNodes: [{ host: '127.0.0.1', port: server.redis.port }],
  });
  for (const client of [cluster, sentinel]) {
    await assert.rejects(createLocker({ client: client as never }), {
      name: 'TypeError',
      message: /^client: /,
    });
  }
});
