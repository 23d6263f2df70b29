import { redisGround } from './redis-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks in Redis, through a unix socket by options', () =>
  redisGround(({ socketPath: path }) => ({ where: { redis: { socket: { path, tls: false } } } })),
);
