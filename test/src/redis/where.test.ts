import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type LockerOptions } from '@holdfast/core';
import { createClient } from 'redis';
import { resolveLockerOptions } from '../../../packages/core/dist/locker/locker-options.js';
import { oneServer } from './one-server.js';
import { RawClient } from './raw-client.js';

const server = oneServer();

async function withRedisUrl<T>(url: string | undefined, act: () => Promise<T> | T): Promise<T> {
  const { REDIS_URL: former } = process.env;
  setRedisUrl(url);
  try {
    return await act();
  } finally {
    setRedisUrl(former);
  }
}

function setRedisUrl(url: string | undefined): void {
  if (url === undefined) delete process.env['REDIS_URL'];
  else process.env['REDIS_URL'] = url;
}

async function assertKeyIn(database: number, options: LockerOptions): Promise<void> {
  await using locker = await createLocker(options);
  await using _ = await locker.acquire('order:42');
  await using inside = await RawClient.open(`${server.redis.url}/${database}`);
  assert.equal(await inside.command('EXISTS', 'lock:order:42'), 1);
}

test('without a word about where, REDIS_URL says it', async () => {
  await withRedisUrl(server.redis.url, () => assertKeyIn(0, {}));
  await withRedisUrl(`${server.redis.url}/4`, () => assertKeyIn(4, { keyPrefix: 'lock:' }));
});

test('without REDIS_URL it is the local server', async () => {
  for (const url of [undefined, '']) {
    const { where } = await withRedisUrl(url, () => resolveLockerOptions({}));
    assert.match(JSON.stringify(where), /"redis:\/\/localhost:6379"/);
  }
});

test('REDIS_URL is not looked at when an option says where', async () => {
  await withRedisUrl('nonsense', () => assertKeyIn(0, { url: server.redis.url }));
});

test('a REDIS_URL that is none is refused under its name', async () => {
  await assert.rejects(
    withRedisUrl('nonsense', () => createLocker()),
    { name: 'TypeError', message: /^REDIS_URL: / },
  );
});

test('the number of the database is honoured, wherever it stands', async () => {
  const { url, port, socketPath: path } = server.redis;
  await assertKeyIn(3, { url: `${url}/3` });
  await assertKeyIn(3, { redis: { url: `${url}/3` } });
  await assertKeyIn(5, { redis: { socket: { host: '127.0.0.1', port }, database: 5 } });
  await assertKeyIn(6, { redis: { socket: { path, tls: false }, database: 6 } });
  const client = await createClient({ url, database: 7 }).connect();
  await assertKeyIn(7, { client });
  client.destroy();
});

test('a unix socket can be given as a URL', async () => {
  await assertKeyIn(0, { url: `unix://${server.redis.socketPath}` });
});

test('the user and the password of a URL are those of the connection', async () => {
  const { port, socketPath } = server.redis;
  await server.witness.command('ACL', 'SETUSER', 'worker', 'on', '>p@ss/word', '~*', '&*', '+@all');
  for (const url of [
    `redis://worker:p%40ss%2Fword@127.0.0.1:${port}`,
    `unix://worker:p%40ss%2Fword@${socketPath}`,
  ]) {
    await using locker = await createLocker({ url });
    await using _ = await locker.acquire('order:42');
    const clients = String(await server.witness.command('CLIENT', 'LIST'));
    assert.match(clients, /user=worker/);
  }
});

test('databases do not exclude each other', async () => {
  await using first = await createLocker({ url: `${server.redis.url}/1` });
  await using second = await createLocker({ url: `${server.redis.url}/2` });
  await using lock = await first.acquire('order:42', { waitTimeout: 0 });
  await using other = await second.acquire('order:42', { waitTimeout: 0 });
  assert.ok(lock.held && other.held);
});
