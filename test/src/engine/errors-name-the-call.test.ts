import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  HoldfastError,
  type Lock,
  type LockOperation,
  RedisRefusedError,
  RedisUnreachableError,
} from '@holdfast/core';
import { type Fate, lostRequest, neverSent, refused } from './fate.js';
import { type Party, Rig } from './rig.js';

type Call = (party: Party, lock: Lock) => Promise<unknown>;

const CALLS: Readonly<Record<LockOperation, Call>> = {
  acquire: ({ locker }) => locker.acquire('b'),
  renew: (_, lock) => lock.renew(),
  release: (_, lock) => lock.release(),
  adopt: ({ locker }, lock) => locker.adopt({ ...lock.toJSON(), name: 'b' }),
  forceRelease: ({ locker }) => locker.forceRelease('b'),
  inspect: ({ locker }) => locker.inspect('b'),
};

const FAILURES: Readonly<Record<string, readonly [Fate, Function]>> = {
  'no answer': [lostRequest, RedisUnreachableError],
  'no way to ask': [neverSent, RedisUnreachableError],
  'a refusal': [refused, RedisRefusedError],
};

for (const [operation, call] of Object.entries(CALLS)) {
  describe(`${operation} names the lock and itself`, () => {
    for (const [what, [fate, kind]] of Object.entries(FAILURES)) {
      test(`when there is ${what}`, async () => {
        await using rig = new Rig();
        const party = await rig.party();
        const lock = await party.locker.acquire('a', { ttl: 60_000, renew: false });
        party.line.always(fate);
        await assert.rejects(rig.clock.until(call(party, lock)), (error) => {
          assert.ok(error instanceof HoldfastError && error instanceof kind);
          const lockName = operation === 'renew' || operation === 'release' ? 'a' : 'b';
          assert.deepEqual([error.lockName, error.operation], [lockName, operation]);
          assert.match(error.message, new RegExp(`^Lock "${lockName}": ${operation}: Redis at `));
          return true;
        });
      });
    }
  });
}

test('calls that fail together each have an error of their own', async () => {
  await using rig = new Rig();
  const { locker, line } = await rig.party();
  line.always(lostRequest);
  const waits = ['a', 'b'].map((name) => rig.watch(locker.acquire(name)));
  await rig.clock.advance(6_000);
  const errors = waits.map(({ reason }) => reason as RedisUnreachableError);
  assert.deepEqual(
    errors.map(({ lockName }) => lockName),
    ['a', 'b'],
  );
  const { stackTraceLimit } = Error;
  assert.ok(stackTraceLimit > 0, 'errors of others have frames as before');
});
