import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type LookupFunction } from 'node:net';
import { test } from 'node:test';
import {
  createLocker,
  type LockerOptions,
  RedisRefusedError,
  RedisUnreachableError,
} from '@holdfast/core';
import { Gate, startProxy, startRedis, type TcpProxy } from '@holdfast/support';
import { until } from '../contract/patience.js';
import { comesWithin } from '../faults/punctual.js';
import { RawClient } from './raw-client.js';

/** An opening is looked at as often before it is given up. */
const STEPS = 12;

/** What of ours could keep a process alive. */
function openSockets(): number {
  const sockets = new Set(['TCPSocketWrap', 'PipeWrap', 'TCPConnectWrap', 'PipeConnectWrap']);
  return process.getActiveResourcesInfo().filter((kind) => sockets.has(kind)).length;
}

async function assertUnreachable(options: LockerOptions, address: string): Promise<Error> {
  let found: Error | undefined;
  await assert.rejects(createLocker(options), (error) => {
    assert(error instanceof RedisUnreachableError, String(error));
    assert.equal(error.code, 'REDIS_UNREACHABLE');
    assert.equal(error.address, address);
    assert.ok(error.message.includes(address), error.message);
    assert.ok(!error.message.includes('hunter2'), error.message);
    assert.ok(!JSON.stringify(error).includes('hunter2'));
    found = error;
    return true;
  });
  assert(found);
  return found;
}

function nobodyConnected(proxy: TcpProxy): Promise<void> {
  return until(() => proxy.connections === 0, 'every connection is closed');
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  server.close();
  await once(server, 'close');
  return address.port;
}

test('nobody listens: the error has the address and the cause, and no password', async () => {
  const port = await deadPort();
  const before = openSockets();
  const url = `redis://user:hunter2@127.0.0.1:${port}/3`;
  const address = `redis://127.0.0.1:${port}/3`;
  for (const where of [{ url }, { redis: { url } }]) {
    const error = await assertUnreachable(where, address);
    assert(error.cause instanceof Error && 'code' in error.cause);
    assert.equal(error.cause.code, 'ECONNREFUSED');
  }
  const socket = { host: '127.0.0.1', port };
  await assertUnreachable({ redis: { socket, password: 'hunter2' } }, `redis://127.0.0.1:${port}`);
  assert.equal(openSockets(), before);
});

test('there is no such socket: the error has its path and the cause', async () => {
  const path = '/nowhere/redis.sock';
  const error = await assertUnreachable(
    { redis: { socket: { path, tls: false }, password: 'hunter2' } },
    `unix://${path}`,
  );
  assert(error.cause instanceof Error && 'code' in error.cause);
  assert.equal(error.cause.code, 'ENOENT');
});

test('there is no such host: the error says so', async () => {
  // Reserved for this purpose by RFC 2606: it never resolves.
  const url = 'redis://user:hunter2@redis.invalid:6379';
  await assertUnreachable({ url }, 'redis://redis.invalid:6379');
});

for (const direction of ['up', 'down'] as const) {
  test(`a server that accepts and never answers, as it hangs ${direction}`, async () => {
    await using redis = await startRedis();
    await using proxy = await startProxy({ port: redis.port });
    proxy.hang(direction);
    const url = `redis://127.0.0.1:${proxy.port}`;
    const options = { url, connectTimeout: 150, pool: { min: 3, max: 3 } };
    const failing = assertUnreachable(options, url);
    assert.ok(await comesWithin(2_000, failing, STEPS));
    // Its own limit, or that of node-redis, which is as long.
    assert.match((await failing).message, /150 ms|Connection timeout/);
    // The end of a connection, too, passes the proxy only when it is healed.
    await proxy.heal();
    await nobodyConnected(proxy);
  });
}

test('a frozen server is not waited for beyond connectTimeout', async () => {
  await using redis = await startRedis();
  const before = openSockets();
  redis.pause();
  const { url } = redis;
  const { hostname: host, port } = new URL(url);
  const socket = { host, port: Number(port), connectTimeout: 150 };
  const failing = Promise.all([
    assertUnreachable({ url, connectTimeout: '150ms' }, url),
    // As node-redis's own options say it, and over them.
    assertUnreachable({ redis: { socket } }, url),
    assertUnreachable(
      { redis: { socket: { ...socket, connectTimeout: 60_000 } }, connectTimeout: 150 },
      url,
    ),
  ]);
  assert.ok(await comesWithin(2_000, failing, STEPS));
  // The socket is gone with the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(openSockets(), before);
});

test('a server that hangs up at once is unreachable, and nothing stays open', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  const url = `redis://127.0.0.1:${address.port}`;
  await assertUnreachable({ url, connectTimeout: 1_000 }, url);
  server.close();
  // It closes when its last connection has.
  await once(server, 'close');
});

test('a wrong password is refused, not unreachable, and stays out of the message', async () => {
  await using redis = await startRedis({ args: ['--requirepass', 'correct'] });
  await using proxy = await startProxy({ port: redis.port });
  const wrong: readonly [string, RegExp][] = [
    [`redis://:hunter2@127.0.0.1:${proxy.port}`, /WRONGPASS/],
    [`redis://nobody:hunter2@127.0.0.1:${proxy.port}`, /WRONGPASS/],
    [`redis://127.0.0.1:${proxy.port}`, /NOAUTH/],
  ];
  for (const [url, reply] of wrong) {
    await assert.rejects(createLocker({ url }), (error) => {
      assert(error instanceof RedisRefusedError, String(error));
      assert.equal(error.code, 'REDIS_REFUSED');
      assert.equal(error.address, `redis://127.0.0.1:${proxy.port}`);
      assert.match(error.message, reply);
      assert(error.cause instanceof Error);
      assert.match(error.cause.message, reply);
      assert.ok(!error.message.includes('hunter2'), error.message);
      return true;
    });
  }
  await nobodyConnected(proxy);
  await using locker = await createLocker({ url: `redis://:correct@127.0.0.1:${proxy.port}` });
  await using lock = await locker.acquire('order:42');
  assert.ok(lock.held);
});

test('a database that the server does not have is refused', async () => {
  await using redis = await startRedis();
  await assert.rejects(createLocker({ url: `${redis.url}/99` }), {
    code: 'REDIS_REFUSED',
    message: /out of range/,
  });
});

test('closing a locker closes every connection that it opened', async () => {
  await using redis = await startRedis();
  await using proxy = await startProxy({ port: redis.port });
  const { url } = proxy;
  const locker = await createLocker({ url, pool: { min: 2, max: 4 } });
  await using raw = await RawClient.open(redis.url);
  await using other = await createLocker({ url: redis.url });
  const lock = await other.acquire('order:42');
  const waited = locker.acquire('order:42');
  await raw.queued('lock:order:42', 1);
  // Two for commands, one for waiting.
  assert.equal(proxy.connections, 3);
  await lock.release();
  await waited;
  await locker.close();
  await nobodyConnected(proxy);
});

test('close also ends the connections that are not open yet', async () => {
  await using redis = await startRedis();
  await using proxy = await startProxy({ port: redis.port });
  await using admin = await RawClient.open(redis.url);
  await admin.command('SET', 'lock:job', 'of another program');
  const locker = await createLocker({
    url: proxy.url,
    commandTimeout: 1_000,
    connectTimeout: '1m',
  });
  const waiting = assert.rejects(locker.acquire('job'));
  await admin.queued('lock:job', 1);
  // In the proxy's place there is now somebody who accepts connections and says nothing.
  proxy.refuse();
  let accepted = 0;
  let ended = 0;
  const silent = createServer((socket) => {
    accepted += 1;
    socket.once('close', () => (ended += 1));
    socket.on('error', () => {});
    socket.resume();
  });
  silent.listen(proxy.port, '127.0.0.1');
  await once(silent, 'listening');
  proxy.cut();
  await until(() => accepted > 2, 'both connections are coming, and others beside them');
  await locker.close();
  await waiting;
  await until(() => ended === accepted, 'all of them are given up');
  silent.close();
});

test('close also ends a connection whose address is still looked up', async () => {
  await using redis = await startRedis();
  await using admin = await RawClient.open(redis.url);
  const directory = new Gate();
  let asked = 0;
  const lookup: LookupFunction = (_host, _options, answer) => {
    asked += 1;
    void directory.passed().then(() => answer(null, [{ address: '127.0.0.1', family: 4 }]));
  };
  const socket = { host: 'redis.test', port: redis.port, lookup };
  const locker = await createLocker({ redis: { socket } });
  directory.shut();
  const before = asked;
  await admin.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await until(() => asked > before, 'the connection is coming');
  await locker.close();
  directory.open();
  // It is accepted once more, and closed.
  const received = async (): Promise<number> => infoOf(await admin.command('INFO', 'stats'));
  const expected = 2 + asked - before;
  await until(async () => (await received()) === expected, 'the connection is there');
  const clients = async (): Promise<number> =>
    String(await admin.command('CLIENT', 'LIST'))
      .trim()
      .split('\n').length;
  await until(async () => (await clients()) === 1, 'nobody but the admin is connected');
});

function infoOf(stats: unknown): number {
  return Number(/total_connections_received:(\d+)/.exec(String(stats))?.[1]);
}
