import { sentinelGround } from './sentinel-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks in Redis, found by sentinels', sentinelGround);
