import { memoryGround } from './memory-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks in this process', memoryGround);
