/** Every interleaving of small worlds in which the slot of all locks goes to another master. The large ones: `npm run model`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inOwnTurn } from './drain.js';
import { explore } from './explore.js';
import { FAULTS_OF_SLOTS } from './faults-of-slots.js';
import { find } from './find.js';
import { SMALL_SLOTS } from './shapes-of-slots.js';
import { prepare } from './specimen.js';
import { trace } from './trace.js';

describe('in a cluster, in every state of the world of', () => {
  for (const shape of SMALL_SLOTS) {
    test(`${shape.name}: the laws hold`, async (t) => {
      const specimen = await prepare();
      const { violation, ...seen } = await inOwnTurn(() => explore(shape, specimen, 'deepest'));
      const found = violation && (await inOwnTurn(() => trace(shape, specimen, violation)));
      assert.equal(found, undefined, found);
      t.diagnostic(`${seen.states} states, ${seen.endings} endings`);
    });
  }
});

describe('the model checker finds that', () => {
  for (const fault of FAULTS_OF_SLOTS) {
    test(fault.name, async (t) => {
      const found = await find(fault);
      assert.match(found?.law ?? 'nothing', fault.breaks);
      t.diagnostic(`\n${found?.trace}`);
    });
  }
});
