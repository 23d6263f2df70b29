import { memoryGround } from '../contract/memory-ground.js';
import { legacySuite } from './legacy-suite.js';

const { decoratorSuite } = await legacySuite();

decoratorSuite('experimentalDecorators, locks in this process', memoryGround);
