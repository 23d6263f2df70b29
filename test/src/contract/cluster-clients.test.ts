/**
 * A cluster by a caller's client of it, of either version of node-redis. What that changes is how the
 * nodes are reached: so these are the concepts in which all kinds of connections are used.
 *
 * `HOLDFAST_CLUSTER_CLIENTS=all` makes it the whole contract.
 */
import { createCluster } from 'redis';
import * as redis5 from 'redis5';
import { acquiring } from './acquiring.js';
import { clusterGround } from './cluster-ground.js';
import { conceptsOn } from './concepts.js';
import { listing } from './listing.js';
import { releasing } from './releasing.js';
import type { Ground } from './scene.js';
import { contractSuite } from './suite.js';
import { waiting } from './waiting.js';

const isWhole = process.env['HOLDFAST_CLUSTER_CLIENTS'] === 'all';

function suiteOn(name: string, setup: () => Promise<Ground>): void {
  if (isWhole) contractSuite(name, setup);
  else conceptsOn(name, setup, { acquiring, waiting, releasing, listing });
}

suiteOn("locks in a cluster, by a caller's cluster client", () =>
  clusterGround(async ({ url }) => {
    const client = createCluster({ rootNodes: [{ url }] });
    await client.connect();
    return { where: { client }, close: () => client.destroy() };
  }),
);

suiteOn("locks in a cluster, by a caller's cluster client of node-redis 5", () =>
  clusterGround(async ({ url }) => {
    const client = redis5.createCluster({ rootNodes: [{ url }] });
    await client.connect();
    return { where: { client }, close: () => client.destroy() };
  }),
);
