import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Locker } from '@holdfast/core';

/** Takes no new requests, lets those under way finish, and gives their locks back with them. */
export async function shutDown(server: Server, locker: Locker): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Waits and new locks end at once, and leaders step down. Who holds a lock has 10 s to finish; after
  // that it is told by its signal. Less than the time that the platform gives before it kills.
  await locker.close({ drain: '10s' });
  // The answers of those that have just finished are still on their way.
  await closed;
}
