import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, constantFrom, property, string } from 'fast-check';
import { fromLockName, toLockName } from '../../../packages/core/dist/web-locks/names.js';
import { hold } from './holding.js';
import { onBothStores } from './scene.js';

/** With what is odd about names, and with what such names are written as. */
const name = array(
  constantFrom('\uD800', '\uDC00', '\uDE00', '%', 'D', '8', '0', '5', '-', '', 'ß', '😀'),
  {
    maxLength: 8,
  },
).map((parts) => parts.join('').replace(/^-+/, ''));

test('a name of the platform and its lock name belong to each other alone', () => {
  const known = new Map<string, string>();
  const roundTrip = (one: string): void => {
    const lockName = toLockName(one);
    assert.equal(fromLockName(lockName), one);
    assert.ok(lockName !== '' && lockName.isWellFormed());
    assert.equal(known.get(lockName) ?? one, one, 'no two names have one lock name');
    known.set(lockName, one);
    if (one !== '' && one.isWellFormed()) assert.equal(lockName, one);
    else assert.ok(lockName.startsWith('-'));
  };
  for (const one of ['', '\uD800', '%D800', '%', '%25']) roundTrip(one);
  check(property(name, roundTrip), { numRuns: 5_000 });
});

test('a lock name that no name of the platform has is its own', () => {
  check(
    property(string(), (rest) => {
      const lockName = `-${rest}`;
      const told = fromLockName(lockName);
      assert.ok(told === lockName || toLockName(told) === lockName);
    }),
  );
  for (const lockName of ['-reports', '-%0025', '-%D83D%DE00', '-%d800']) {
    assert.equal(fromLockName(lockName), lockName);
  }
});

onBothStores('the name of a request', (promises) => {
  promises('may be any that does not begin with -, and comes back as it was', async (clients) => {
    const locks = await clients.locks();
    const names = [
      '',
      'abc\0def',
      '\uD800',
      '\uDC00',
      '\uDC00\uD800',
      '\uFFFD',
      '\uFFFF',
      '%D800',
      'x-y',
      '😀',
    ];
    const holdings = [];
    for (const one of names) holdings.push(await hold(locks, one));
    assert.deepEqual(
      holdings.map(({ lock }) => lock.name),
      names,
    );
    const { held } = await locks.query();
    assert.deepEqual(held.map((info) => info.name).toSorted(), names.toSorted());
    await Promise.all(holdings.map(({ end }) => end()));
  });

  promises('is the same lock for a locker', async (clients) => {
    const [locks, locker] = [await clients.locks(), await clients.locker()];
    const ordinary = await hold(locks, 'order:42');
    assert.equal(await locker.tryAcquire('order:42'), null);
    await ordinary.end();
    const empty = await hold(locks, '');
    assert.equal(await locker.tryAcquire('-'), null);
    await empty.end();
  });
});
