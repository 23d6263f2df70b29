import { redisGround } from '../contract/redis-ground.js';
import { legacySuite } from './legacy-suite.js';

const { decoratorSuite } = await legacySuite();

decoratorSuite('experimentalDecorators, locks in Redis', () =>
  redisGround(({ url }) => ({ where: { url } })),
);
