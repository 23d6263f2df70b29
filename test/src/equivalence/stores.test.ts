import { SERVER } from './place.js';
import { equivalenceSuite } from './suite.js';

equivalenceSuite(SERVER, 4_000);
