import assert from 'node:assert/strict';
import { scenario } from './scene.js';

scenario('stalls of the own process are not taken for silence of the server', async (scene) => {
  const block = 500;
  // An answer is read two blocks after its request; a renewal is due after two and noticed after three.
  const service = await scene.strained({
    ttl: 6 * block,
    commandTimeout: 5 * block,
    pool: { min: 2 },
  });
  const { held, tries } = await service.request('tryBetweenBlocks', block, 12);
  assert.equal(held, true);
  assert.ok(tries.length > 0 && tries.every((outcome) => outcome === 'granted'), tries.join());
  await service.request('close');
});
