import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What takes connections and says nothing. */
export async function startMute(): Promise<
  AsyncDisposable & { readonly url: string; readonly reached: Promise<unknown> }
> {
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  const reached = once(server, 'connection');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    reached,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
