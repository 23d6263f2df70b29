import assert from 'node:assert/strict';
import { scenario } from './scene.js';

scenario('stalls of the own process are not taken for silence of the server', async (scene) => {
  const block = 500;
  // An answer is read two blocks after its request, when half of the time that a command has, after
  // which another connection is tried, is long over.
  const service = await scene.strained({ ttl: '1h', commandTimeout: 2 * block, pool: { min: 2 } });
  const { tries, renewals, lost } = await service.request('tryBetweenBlocks', block, 12);
  assert.ok(tries.length > 0 && tries.every((outcome) => outcome === 'granted'), tries.join());
  assert.ok(renewals > 0);
  assert.deepEqual(lost, []);
  await service.request('close');
});
