import { CLUSTER } from './place.js';
import { equivalenceSuite } from './suite.js';

// The rules are those of one server; what differs is where the names come from.
equivalenceSuite(CLUSTER, 600);
