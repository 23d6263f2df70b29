import { memoryGround } from '../contract/memory-ground.js';
import { decoratorSuite } from './suite/suite.js';

decoratorSuite('standard decorators, locks in this process', memoryGround);
