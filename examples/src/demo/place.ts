import { randomBytes } from 'node:crypto';
import { type RedisServer, startRedis } from '@holdfast/support';
import { createClient } from 'redis';

/** Where the locks of the demo live, and what the audience is told about it. */
export type Place = AsyncDisposable & { readonly says: readonly string[] } & (
    | { readonly kind: 'redis'; readonly url: string; readonly keyPrefix: string }
    | { readonly kind: 'memory' }
  );

/** The Redis of `REDIS_URL`, or else one of our own, or else none. */
export async function findPlace(wanted: 'redis' | 'memory'): Promise<Place> {
  if (wanted === 'memory') return memory('That is what --memory asks for.');
  const { REDIS_URL } = process.env;
  if (REDIS_URL !== undefined && REDIS_URL !== '') return borrowed(REDIS_URL);
  let server: RedisServer;
  try {
    server = await startRedis();
  } catch (error) {
    return memory(error instanceof Error ? error.message : String(error));
  }
  return {
    kind: 'redis',
    says: ['5 processes, on a Redis server that ends with the demo.'],
    url: server.url,
    keyPrefix: 'demo:',
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function memory(why: string): Place {
  return {
    kind: 'memory',
    says: [
      '5 lockers in one process, on the memory store: WITHOUT REDIS.',
      why,
      'One of them alone cannot be killed here: it plays dead, and keeps the lock.',
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Every lock of the demo is given back; this is what a first use of the library leaves. */
const CLOCK_KEY = 'holdfast:clock';

/** Somebody's server: a prefix that nobody else uses, and nothing of ours in the end. */
async function borrowed(url: string): Promise<Place> {
  const hadClock = await command(url, ['EXISTS', CLOCK_KEY]);
  return {
    kind: 'redis',
    says: ['5 processes, on the Redis of REDIS_URL.'],
    url,
    keyPrefix: `demo:${randomBytes(6).toString('hex')}:`,
    async [Symbol.asyncDispose]() {
      // Others may use the library here: then the clock is theirs.
      if (hadClock === 0) await command(url, ['DEL', CLOCK_KEY]);
    },
  };
}

async function command(url: string, args: string[]): Promise<unknown> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 5_000 } });
  // The call rejects with the same error.
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.sendCommand(args);
  } catch (error) {
    throw new Error('The server of REDIS_URL does not answer.', { cause: error });
  } finally {
    if (client.isOpen) client.destroy();
  }
}
