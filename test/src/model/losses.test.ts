/** Every interleaving of small worlds in which the server loses its data. The large ones: `npm run model`. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startWorker, type WorkerProcess } from '@holdfast/support';
import type { Commands } from './explorer.js';
import { FAULTS_OF_LOSSES } from './faults-of-losses.js';
import { SMALL_LOSSES } from './shapes-of-losses.js';

let explorer: WorkerProcess<Commands>;
before(async () => {
  explorer = await startWorker<Commands>(new URL('./explorer.js', import.meta.url));
});
after(() => explorer[Symbol.asyncDispose]());

describe('with a grace, in every state of the world of', () => {
  for (const { name } of SMALL_LOSSES) {
    test(`${name}: no two believe, and nobody is left behind`, async (t) => {
      const { found, ...seen } = await explorer.request('explore', name);
      assert.equal(found, undefined, found);
      t.diagnostic(`${seen.states} states, ${seen.endings} endings`);
    });
  }
});

describe('the model checker finds that', () => {
  for (const { name, breaks } of FAULTS_OF_LOSSES) {
    test(name, async (t) => {
      const found = await explorer.request('find', name);
      assert.match(found?.law ?? 'nothing', breaks);
      t.diagnostic(`\n${found?.trace}`);
    });
  }
});
