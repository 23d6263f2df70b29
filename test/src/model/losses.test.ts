/** Every interleaving of small worlds in which the server loses its data. The large ones: `npm run model`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inOwnTurn } from './drain.js';
import { explore } from './explore.js';
import { FAULTS_OF_LOSSES } from './faults-of-losses.js';
import { find } from './find.js';
import { SMALL_LOSSES } from './shapes-of-losses.js';
import { prepare } from './specimen.js';
import { trace } from './trace.js';

describe('with a grace, in every state of the world of', () => {
  for (const shape of SMALL_LOSSES) {
    test(`${shape.name}: no two believe, and nobody is left behind`, async (t) => {
      const specimen = await prepare();
      const { violation, ...seen } = await inOwnTurn(() => explore(shape, specimen, 'deepest'));
      const found = violation && (await inOwnTurn(() => trace(shape, specimen, violation)));
      assert.equal(found, undefined, found);
      t.diagnostic(`${seen.states} states, ${seen.endings} endings`);
    });
  }
});

describe('the model checker finds that', () => {
  for (const fault of FAULTS_OF_LOSSES) {
    test(fault.name, async (t) => {
      const found = await find(fault);
      assert.match(found?.law ?? 'nothing', fault.breaks);
      t.diagnostic(`\n${found?.trace}`);
    });
  }
});
