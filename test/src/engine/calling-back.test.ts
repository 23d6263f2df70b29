import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, test } from 'node:test';
import { LockerClosedError } from '@holdfast/core';
import { Rig } from './rig.js';

/** Listens until it is disposed of. */
function on(channel: string, listener: () => void): Disposable {
  subscribe(channel, listener);
  return { [Symbol.dispose]: () => void unsubscribe(channel, listener) };
}

describe('who is told something and calls back', () => {
  test('can abort the wait that was just handed the lock: it goes to the next', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const holder = await locker.acquire('a');
    const abort = new AbortController();
    const wait = rig.watch(locker.acquire('a', { signal: abort.signal }));
    await rig.clock.advance(0);
    const next = rig.watch(other.locker.acquire('a'));
    await rig.clock.advance(0);
    using _ = on('holdfast:hand-off', () => abort.abort(new Error('enough')));
    await holder.release();
    await rig.clock.advance(0);
    assert.equal((wait.reason as Error).message, 'enough');
    assert.equal(next.value?.held, true);
  });

  test('can close the locker whose wait was just handed the lock', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const holder = await other.locker.acquire('a');
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(0);
    using _ = on('holdfast:hand-off', () => void locker.close());
    await holder.release();
    await rig.clock.advance(0);
    assert.ok(wait.reason instanceof LockerClosedError);
    assert.equal(rig.server.size, 0);
  });

  test('finds the locker closed when its lock is lost because it closes', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    const calls: Promise<unknown>[] = [];
    const outcomes: unknown[] = [];
    lock.signal.addEventListener('abort', () => {
      for (const call of [locker.acquire('b'), locker.tryAcquire('c'), locker.forceRelease('a')]) {
        calls.push(call.catch((error: unknown) => outcomes.push(error)));
      }
    });
    const sent = line.of('acquire').length;
    await locker.close();
    await Promise.all(calls);
    assert.equal(outcomes.length, 3);
    assert.ok(outcomes.every((error) => error instanceof LockerClosedError));
    assert.equal(line.of('acquire').length, sent);
    assert.equal(rig.server.size, 0);
  });

  test('waits for the same end when it closes the locker that is closing', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    let again: Promise<void> | undefined;
    lock.signal.addEventListener('abort', () => {
      again = locker.close();
    });
    await locker.close();
    await again;
    assert.equal(line.closes, 1);
  });
});
