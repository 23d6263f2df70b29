import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import { type LockManager, lockManager } from '@holdfast/core/web-locks';
import { onBothStores } from './scene.js';

type Request = (...args: readonly unknown[]) => Promise<unknown>;

/** As JavaScript calls it. */
function untyped(locks: LockManager): Request {
  return (...args) => (locks as unknown as { request: Request }).request(...args);
}

const never = (): never => assert.fail('the callback was called');
const notSupported = { name: 'NotSupportedError' };
const symbol: unknown = Symbol('odd');

onBothStores('the arguments of a request', (promises) => {
  promises('have to be a name and a callback', async (clients) => {
    const request = untyped(await clients.locks());
    const bad: readonly (readonly unknown[])[] = [
      [],
      ['reports'],
      ...[undefined, null, 42, 'abc', [], {}].map((callback) => ['reports', callback]),
      ['reports', {}, undefined],
      [symbol, never],
      ['reports', 'exclusive', never],
      ['reports', symbol, never],
      ['reports', { mode: 'write' }, never],
      ['reports', { mode: null }, never],
      ['reports', { mode: symbol }, never],
      ...['string', 12.34, false, null, {}, symbol, never].map((signal) => [
        'reports',
        { signal },
        never,
      ]),
    ];
    for (const args of bad) await assert.rejects(request(...args), TypeError);
  });

  promises('are made what they have to be, as the platform does it', async (clients) => {
    const request = untyped(await clients.locks());
    const name = async (...args: readonly unknown[]): Promise<unknown> => {
      return request(...args, (lock: { readonly name: string } | null) => lock?.name);
    };
    assert.equal(await name(42), '42');
    assert.equal(await name({ toString: () => 'reports' }), 'reports');
    for (const options of [
      undefined,
      null,
      {},
      [],
      () => {},
      { mode: undefined, signal: undefined },
    ]) {
      assert.equal(await name('reports', options), 'reports');
    }
    const mode = await request(
      'reports',
      { mode: { toString: () => 'shared' }, steal: 0 },
      (lock: { readonly mode: string }) => lock.mode,
    );
    assert.equal(mode, 'shared');
  });

  promises('are read once, from left to right, the options by their names', async (clients) => {
    const request = untyped(await clients.locks());
    const read: string[] = [];
    const options = new Proxy({}, { get: (_, option) => void read.push(String(option)) });
    const noted = { toString: () => (read.push('name'), 'reports') };
    await request(noted, options, () => {});
    assert.deepEqual(read, ['name', 'ifAvailable', 'mode', 'signal', 'steal']);
  });

  promises(
    'that contradict each other are refused, in the order of the specification',
    async (clients) => {
      const request = untyped(await clients.locks());
      const { signal } = new AbortController();
      const reason = new Error('too late');
      const aborted = AbortSignal.abort(reason);
      const bad: readonly [name: string, options: object, error: RegExp][] = [
        ['-', {}, /begins with '-'/],
        ['-reports', { steal: true, ifAvailable: true }, /begins with '-'/],
        ['-reports', { signal: aborted }, /begins with '-'/],
        ['reports', { steal: true, ifAvailable: true, mode: 'shared', signal }, /with ifAvailable/],
        ['reports', { steal: true, mode: 'shared', signal }, /mode 'shared'/],
        ['reports', { steal: true, signal: aborted }, /with steal/],
        ['reports', { ifAvailable: true, signal }, /with ifAvailable/],
      ];
      for (const [name, options, message] of bad) {
        const refused = request(name, options, never);
        await assert.rejects(refused, { ...notSupported, message });
        await assert.rejects(refused, DOMException);
      }
      await assert.rejects(request('reports', { signal: aborted }, never), reason);
      // What is no argument at all is told first.
      await assert.rejects(request('-', { mode: 'write' }, never), TypeError);
      await assert.rejects(request('-', {}, 'callback'), TypeError);
    },
  );
});

test('a request never throws: what is wrong comes as a rejection', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  const request = untyped(lockManager(locker));
  const rejection = request();
  assert.ok(rejection instanceof Promise);
  await assert.rejects(rejection, TypeError);
});

test('a lock manager is made of a locker', () => {
  const others: readonly unknown[] = [undefined, null, 'redis://localhost', {}, memoryStore()];
  for (const other of others) {
    assert.throws(() => lockManager(other as Locker), {
      name: 'TypeError',
      message: /^lockManager: .+ is not a locker\.$/,
    });
  }
});
