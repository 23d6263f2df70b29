import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { createLocker, RedisUnreachableError } from '@holdfast/core';
import { makeTempFolder } from '@holdfast/support';
import { oneServer } from './one-server.js';

const execute = promisify(execFile);

const server = oneServer();

/** Node has no way to make a certificate. */
function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Entrance extends AsyncDisposable {
  readonly port: number;
  readonly ca: Buffer;
}

/** What stands before a hosted server: speaks TLS, with a certificate of its own making. */
async function openEntrance(): Promise<Entrance> {
  const folder = await makeTempFolder();
  const [keyFile, certFile] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await execute('openssl', [...request, ...names, '-keyout', keyFile, '-out', certFile]);
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)]);
  await folder.remove();

  const sockets = new Set<Socket>();
  const entrance = createServer({ key, cert }, (client) => {
    const upstream = connect(server.redis.port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => [client, upstream].forEach((side) => side.destroy()));
    }
    client.pipe(upstream).pipe(client);
  });
  entrance.on('tlsClientError', () => {});
  entrance.listen(0, '127.0.0.1');
  await once(entrance, 'listening');
  return {
    port: (entrance.address() as AddressInfo).port,
    ca: cert,
    async [Symbol.asyncDispose]() {
      entrance.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const options = hasOpenssl() ? {} : { skip: 'needs openssl, to make a certificate' };

test('a lock is taken, waited for and handed on over TLS', options, async () => {
  await using entrance = await openEntrance();
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
    await using entrance = await openEntrance();
    const url = `rediss://127.0.0.1:${entrance.port}`;
    await assert.rejects(createLocker({ url }), (error) => {
      assert.ok(error instanceof RedisUnreachableError);
      assert.match((error.cause as Error).message, /self.signed/);
      return true;
    });
  },
);
