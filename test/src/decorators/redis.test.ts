import { redisGround } from '../contract/redis-ground.js';
import { decoratorSuite } from './suite/suite.js';

decoratorSuite('standard decorators, locks in Redis', () =>
  redisGround(({ url }) => ({ where: { url } })),
);
