import { ReplicatedPair } from '../redis/replicated-pair.js';
import { groundAt } from './redis-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks that a replica must have, too', async () => {
  const pair = await ReplicatedPair.open();
  const { url } = pair.master;
  return groundAt(pair.master, { where: { url, replicas: 1, replicaTimeout: '5s' } }, pair);
});
