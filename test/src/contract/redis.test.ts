import { redisGround } from './redis-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks in Redis, by its URL', () => redisGround(({ url }) => ({ where: { url } })));
