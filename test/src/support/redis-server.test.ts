import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { startRedis } from '@holdfast/support';
import { PlainConnection } from './socket.js';

test('a started server answers on its port and on its unix socket', async () => {
  await using redis = await startRedis();
  using tcp = await PlainConnection.open({ port: redis.port });
  using unix = await PlainConnection.open({ path: redis.socketPath });
  tcp.send('SET lock ours');
  await tcp.receive('+OK');
  unix.send('GET lock');
  await unix.receive('ours');
});

test('servers that start together get ports of their own', async () => {
  await using first = await startRedis();
  await using second = await startRedis();
  assert.notEqual(first.port, second.port);
});

test('a disposed server leaves neither a process nor a folder', async () => {
  const redis = await startRedis();
  const { pid = 0, directory } = redis;
  await redis[Symbol.asyncDispose]();
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  assert.equal(existsSync(directory), false);
});

test('a restart keeps the data if it is told to, on the same port', async () => {
  await using redis = await startRedis();
  const { port, pid } = redis;
  {
    using connection = await PlainConnection.open({ port });
    connection.send('SET lock ours');
    await connection.receive('+OK');
  }
  await redis.restart({ keepData: true });
  assert.equal(redis.port, port);
  assert.notEqual(redis.pid, pid);
  {
    using connection = await PlainConnection.open({ port });
    connection.send('GET lock');
    await connection.receive('ours');
  }
  await redis.restart({ keepData: false });
  using connection = await PlainConnection.open({ port });
  connection.send('GET lock');
  await connection.receive('$-1');
});

test('a paused server answers once it is resumed, and not before', async () => {
  await using redis = await startRedis();
  using connection = await PlainConnection.open({ port: redis.port });
  redis.pause();
  connection.send('PING');
  await turn();
  assert.equal(connection.received, '');
  redis.resume();
  await connection.receive('+PONG');
});

test('a paused server can be disposed of', async () => {
  await using redis = await startRedis();
  redis.pause();
});

test('a server that cannot start says why', async () => {
  await assert.rejects(startRedis({ args: ['--no-such-option', '1'] }), /no-such-option/);
});

test('a server that is told to use a port that is taken does not start', async () => {
  await using redis = await startRedis();
  await assert.rejects(startRedis({ port: redis.port }), /Address already in use/);
});
