import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Where we look for ports: below the range from which systems take the local port of an outgoing
 * connection (32768 on Linux, 49152 elsewhere). A port from that range can be lost while its server
 * restarts, even to the client that waits for it: on the loopback interface, a client that dials a
 * port that nobody listens on may be given this very port, and is then connected to itself.
 */
const LOWEST = 12_000;
const HIGHEST = 32_000;

/**
 * Opens something on a free port of the loopback interface. The port may be taken between our look
 * at it and the opening; then the opening fails with the code EADDRINUSE, and is tried with
 * another.
 */
export async function onFreePort<T>(open: (port: number) => Promise<T>): Promise<T> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!(await isFree(port))) continue;
    try {
      return await open(port);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
