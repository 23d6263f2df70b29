import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { startProxy, type TcpProxy } from '@holdfast/support';
import { PlainConnection } from './socket.js';

/** A server that says everything back, so that both directions can be watched. */
async function startEcho(): Promise<
  { port: number; heard: string[]; readonly connections: number } & AsyncDisposable
> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      heard.push(String(chunk));
      server.emit('heard');
      socket.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return {
    port: address.port,
    heard,
    get connections() {
      return sockets.size;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function open(proxy: TcpProxy): Promise<PlainConnection> {
  return PlainConnection.open({ port: proxy.port });
}

test('a proxy without a fault is not noticed', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using connection = await open(proxy);
  connection.send('hello');
  await connection.receive('hello');
  assert.equal(proxy.connections, 1);
});

test('a cut closes every connection, and new ones work', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using first = await open(proxy);
  using second = await open(proxy);
  first.send('a');
  second.send('b');
  await Promise.all([first.receive('a'), second.receive('b')]);
  proxy.cut();
  await Promise.all([first.closed(), second.closed()]);
  using third = await open(proxy);
  third.send('c');
  await third.receive('c');
});

test('a proxy that hangs downwards lets the server hear and the client wait', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using connection = await open(proxy);
  using witness = await open(proxy);
  proxy.hang('down');
  connection.send('hello');
  while (!echo.heard.join('').includes('hello')) {
    witness.send('tick');
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(connection.received, '');
  await proxy.heal();
  await connection.receive('hello');
});

test('a proxy that hangs upwards lets the server hear nothing until it is healed', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using connection = await open(proxy);
  proxy.hang('up');
  connection.send('hello');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(echo.heard, []);
  assert.equal(connection.socket.closed, false);
  await proxy.heal();
  await connection.receive('hello');
});

test('a proxy that refuses turns away who comes and keeps who is there', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using old = await open(proxy);
  proxy.refuse();
  await assert.rejects(open(proxy), { code: 'ECONNREFUSED' });
  old.send('still here');
  await old.receive('still here');
  await proxy.heal();
  using late = await open(proxy);
  late.send('back again');
  await late.receive('back again');
});

test('a delay is added in each direction', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using connection = await open(proxy);
  const start = performance.now();
  proxy.delay(20);
  connection.send('hello');
  await connection.receive('hello');
  assert.ok(performance.now() - start >= 40);
});

test('a rewrite changes what passes in the direction that it chooses', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using connection = await open(proxy);
  proxy.rewrite((chunk, direction) =>
    direction === 'up' ? Buffer.from(String(chunk).toUpperCase()) : chunk,
  );
  connection.send('hello');
  await connection.receive('HELLO');
});

test('what is said on a swallowed connection is lost, and neither side is told', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using swallowed = await open(proxy);
  swallowed.send('before');
  await swallowed.receive('before');
  proxy.swallow();
  swallowed.send('after');
  using witness = await open(proxy);
  witness.send('new');
  await witness.receive('new');
  assert.deepEqual(echo.heard, ['before\r\n', 'new\r\n']);
  assert.equal(echo.connections, 2);
  assert.equal(swallowed.socket.closed, false);
});

test('an abandoned connection is closed for the server, and open for the client', async () => {
  await using echo = await startEcho();
  await using proxy = await startProxy({ port: echo.port });
  using abandoned = await open(proxy);
  abandoned.send('before');
  await abandoned.receive('before');
  proxy.abandon();
  abandoned.send('after');
  using witness = await open(proxy);
  while (echo.connections > 1) {
    witness.send('tick');
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(abandoned.received, 'before\r\n');
  assert.equal(abandoned.socket.readyState, 'open');
});

test('a proxy that leads elsewhere takes new connections there and leaves old ones', async () => {
  await using former = await startEcho();
  await using latter = await startEcho();
  await using proxy = await startProxy({ port: former.port });
  using old = await open(proxy);
  old.send('a');
  await old.receive('a');
  proxy.lead(latter.port);
  using fresh = await open(proxy);
  fresh.send('b');
  old.send('c');
  await Promise.all([fresh.receive('b'), old.receive('c')]);
  assert.deepEqual([former.heard, latter.heard], [['a\r\n', 'c\r\n'], ['b\r\n']]);
  await proxy.heal();
  using later = await open(proxy);
  later.send('d');
  await later.receive('d');
  assert.deepEqual(latter.heard, ['b\r\n', 'd\r\n']);
});
