/**
 * Every interleaving of small worlds, with the real engine and the protocol's reference. The large
 * worlds: `npm run model`.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inOwnTurn } from './drain.js';
import { explore } from './explore.js';
import { FAULTS } from './faults.js';
import { find } from './find.js';
import { SMALL } from './shapes.js';
import { prepare } from './specimen.js';
import { trace } from './trace.js';

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

describe('in every state of the world of', () => {
  for (const shape of SMALL) {
    test(`${shape.name}: the laws hold`, async (t) => {
      const specimen = await prepare();
      const { violation, ...seen } = await inOwnTurn(() => explore(shape, specimen, 'deepest'));
      const found = violation && (await inOwnTurn(() => trace(shape, specimen, violation)));
      assert.equal(found, undefined, found);
      assert.deepEqual(unhandled, [], 'nothing becomes an unhandled rejection');
      t.diagnostic(
        `${seen.states} states, ${seen.transitions} transitions, ${seen.endings} endings`,
      );
    });
  }
});

describe('the model checker finds that', () => {
  for (const fault of FAULTS) {
    test(fault.name, async (t) => {
      const found = await find(fault);
      assert.match(found?.law ?? 'nothing', fault.breaks);
      t.diagnostic(`\n${found?.trace}`);
    });
  }
});
