/**
 * Every interleaving of small worlds, with the real engine and the protocol's reference. The large
 * worlds: `npm run model`.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startWorker, type WorkerProcess } from '@holdfast/support';
import type { Commands } from './explorer.js';
import { FAULTS } from './faults.js';
import { SMALL } from './shapes.js';

let explorer: WorkerProcess<Commands>;
before(async () => {
  explorer = await startWorker<Commands>(new URL('./explorer.js', import.meta.url));
});
after(() => explorer[Symbol.asyncDispose]());

describe('in every state of the world of', () => {
  for (const { name } of SMALL) {
    test(`${name}: the laws hold`, async (t) => {
      const { found, ...seen } = await explorer.request('explore', name);
      assert.equal(found, undefined, found);
      t.diagnostic(
        `${seen.states} states, ${seen.transitions} transitions, ${seen.endings} endings`,
      );
    });
  }
});

describe('the model checker finds that', () => {
  for (const { name, breaks } of FAULTS) {
    test(name, async (t) => {
      const found = await explorer.request('find', name);
      assert.match(found?.law ?? 'nothing', breaks);
      t.diagnostic(`\n${found?.trace}`);
    });
  }
});
