import { after, before, beforeEach } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import { RawClient } from './raw-client.js';

/** One server for all tests of a file, empty before each; and a client that looks at it. */
export interface OneServer {
  readonly redis: RedisServer;
  readonly witness: RawClient;
}

export function oneServer(): OneServer {
  let redis: RedisServer;
  let witness: RawClient;
  before(async () => {
    redis = await startRedis();
    witness = await RawClient.open(redis.url);
  });
  beforeEach(() => witness.command('FLUSHALL'));
  after(async () => {
    await witness[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });
  return {
    get redis() {
      return redis;
    },
    get witness() {
      return witness;
    },
  };
}
