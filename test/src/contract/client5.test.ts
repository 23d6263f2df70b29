import { createClient } from 'redis5';
import { redisGround } from './redis-ground.js';
import { contractSuite } from './suite.js';

contractSuite("locks in Redis, by a caller's client of node-redis 5", () =>
  redisGround(async ({ url }) => {
    const client = createClient({ url });
    await client.connect();
    return { where: { client }, close: () => client.destroy() };
  }),
);
