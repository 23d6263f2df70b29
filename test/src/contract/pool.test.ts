import { createClientPool } from 'redis';
import { redisGround } from './redis-ground.js';
import { contractSuite } from './suite.js';

contractSuite("locks in Redis, by a caller's pool", () =>
  redisGround(async ({ url }) => {
    const pool = createClientPool({ url }, { minimum: 1, maximum: 2 });
    await pool.connect();
    return { where: { client: pool }, close: () => pool.destroy() };
  }),
);
