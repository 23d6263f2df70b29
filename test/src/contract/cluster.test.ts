import { RawClient } from '../redis/raw-client.js';
import { LEAST_PRIVILEGE_IN_A_CLUSTER } from './acl.js';
import { clusterGround } from './cluster-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks in a cluster, as a user with no more rights than needed', () =>
  clusterGround(async ({ nodes }) => {
    const rights = LEAST_PRIVILEGE_IN_A_CLUSTER.split(' ');
    for (const { url } of nodes) {
      await using admin = await RawClient.open(url);
      await admin.command('ACL', 'SETUSER', 'worker', 'on', '>secret', ...rights);
    }
    return { where: { url: `redis://worker:secret@127.0.0.1:${nodes[0]?.port}` } };
  }),
);
