import { clusterGround } from './cluster-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks in a cluster, by the URL of a node', () =>
  clusterGround(({ url }) => ({ where: { url } })),
);
