/** One of two processes that pass a lock to and fro. Arguments: the library, the Redis URL. */
import { serveWorker } from '@holdfast/support';
import { createClient } from 'redis';
import { type Held, LIBRARIES, type Library } from './libraries.js';

/** Nanoseconds of the machine's monotonic clock. */
export type Commands = {
  /** Waits for the lock; says when it was held. */
  take(lock: string): Promise<bigint>;
  /** Says when it was released, and how long a PING took before that. */
  release(): Promise<{ readonly at: bigint; readonly ping: bigint }>;
};

const [, , library, url = ''] = process.argv;
const take = await LIBRARIES[library as Library](url);
const client = createClient({ url });
client.on('error', () => {});
await client.connect();
let held: Held | undefined;

const handlers: Commands = {
  async take(lock) {
    held = await take(lock);
    return process.hrtime.bigint();
  },
  async release() {
    const pinged = process.hrtime.bigint();
    await client.ping();
    const at = process.hrtime.bigint();
    await held?.release();
    return { at, ping: at - pinged };
  },
};
serveWorker(handlers);
