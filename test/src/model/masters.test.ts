/** Every interleaving of small worlds with more than one master: one that a slot goes to, one that was replaced. The large ones: `npm run model`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inOwnTurn } from './drain.js';
import { explore } from './explore.js';
import { FAULTS_OF_PROMOTIONS } from './faults-of-promotions.js';
import { FAULTS_OF_SLOTS } from './faults-of-slots.js';
import { find } from './find.js';
import { SMALL_PROMOTIONS } from './shapes-of-promotions.js';
import { SMALL_SLOTS } from './shapes-of-slots.js';
import { prepare } from './specimen.js';
import { trace } from './trace.js';

describe('with more than one master, in every state of the world of', () => {
  for (const shape of [...SMALL_SLOTS, ...SMALL_PROMOTIONS]) {
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
  for (const fault of [...FAULTS_OF_SLOTS, ...FAULTS_OF_PROMOTIONS]) {
    test(fault.name, async (t) => {
      const found = await find(fault);
      assert.match(found?.law ?? 'nothing', fault.breaks);
      t.diagnostic(`\n${found?.trace}`);
    });
  }
});
