import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { makeTempFolder } from '@holdfast/support';

const execute = promisify(execFile);

/** Node has no way to make a certificate. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface Entrance extends AsyncDisposable {
  readonly port: number;
  readonly ca: Buffer;
}

/** What stands before a hosted server, at the port `to`: speaks TLS, with a certificate of its own making. */
export async function openEntrance(to: number): Promise<Entrance> {
  const folder = await makeTempFolder();
  const [keyFile, certFile] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '1',
  ];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await execute('openssl', [...request, ...names, '-keyout', keyFile, '-out', certFile]);
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)]);
  await folder.remove();

  const sockets = new Set<Socket>();
  const entrance = createServer({ key, cert }, (client) => {
    const upstream = connect(to, '127.0.0.1');
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
