import assert from 'node:assert/strict';
import { startWorker } from '@holdfast/support';
import { array, assert as check, asyncProperty, constantFrom, uniqueArray } from 'fast-check';
import type { OverlappingCommands } from './overlapping-service.js';
import { scenario } from './scene.js';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const PROCESSES = 4;
const seed = Number(process.env['HOLDFAST_OVERLAPPING_SEED'] ?? 20_261_126);

const set = uniqueArray(constantFrom(...NAMES), { minLength: 1, maxLength: 4 });
/** What each process takes, one after the other, each in an order of its own. */
const plans = array(array(set, { minLength: 20, maxLength: 20 }), {
  minLength: PROCESSES,
  maxLength: PROCESSES,
});

scenario(
  'sets that overlap in any way exclude each other, and all have their turn',
  async (scene) => {
    const module = new URL('./overlapping-service.js', import.meta.url);
    const workers = await Promise.all(
      Array.from({ length: PROCESSES }, () =>
        startWorker<OverlappingCommands>(module, [scene.redis.url]),
      ),
    );
    try {
      const property = asyncProperty(plans, async (all) => {
        const shared = await Promise.all(
          workers.map((worker, place) => worker.request('takeAll', all[place] ?? [])),
        );
        assert.deepEqual(shared.flat(), []);
      });
      await check(property, { seed, numRuns: 10, endOnFailure: true });
      await Promise.all(workers.map((worker) => worker.request('close')));
    } finally {
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
    }
  },
);
