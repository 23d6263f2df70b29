/** A service with one request under way, which is asked to end: `order-service.js <way> <url>`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocker } from '@holdfast/core';
import { Gate, serveWorker } from '@holdfast/support';
import { shutDown } from '../../../examples/dist/recipes/shut-down.js';

export type Way = 'recipe' | 'hasty';

export type Commands = {
  port(): number;
  /** Lets the request finish. */
  finish(): void;
};

const [, , way, url = ''] = process.argv;
const gate = new Gate();
gate.shut();

const locker = await createLocker({ url });
const server = createServer((_request, response) => {
  const charged = locker.using('order:42', async ({ signal }) => {
    await Promise.race([gate.passed(), once(signal, 'abort')]);
    signal.throwIfAborted();
  });
  charged.then(
    () => response.writeHead(200).end('charged'),
    (error: unknown) => response.writeHead(500).end((error as Error).name),
  );
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

process.once('SIGTERM', () => {
  void end().then(() => process.disconnect());
});

async function end(): Promise<void> {
  if (way === 'recipe') return shutDown(server, locker);
  server.close();
  await locker.close();
}

const commands: Commands = {
  port: () => (server.address() as AddressInfo).port,
  finish: () => gate.open(),
};
serveWorker(commands);
