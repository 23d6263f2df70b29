import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, test } from 'node:test';
import { type DiagnosticMessages, LockLostError } from '@holdfast/core';
import { lostRequest, refused } from './fate.js';
import { Traces } from '../contract/traced.js';
import { codeOf } from './loss.js';
import { Rig } from './rig.js';

type Unanswered = DiagnosticMessages['holdfast:release-unanswered'];

describe('leaving a block', () => {
  test('gives the lock back', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    {
      await using lock = await locker.acquire('a');
      assert.equal(lock.held, true);
    }
    assert.equal(rig.server.size, 0);
  });

  test('with null, from a busy tryAcquire, is nothing', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    {
      await using lock = await locker.tryAcquire('a');
      assert.equal(lock, null);
    }
    assert.ok(rig.server.strangerReleases('a'));
  });

  test('is no failure when the release gets no answer; its channel tells', async () => {
    for (const [fate, code] of [
      [lostRequest, 'REDIS_UNREACHABLE'],
      [refused, 'REDIS_REFUSED'],
    ] as const) {
      await using rig = new Rig();
      const { locker, line } = await rig.party(1_000);
      const told: Unanswered[] = [];
      const listen = (message: unknown): number => told.push(message as Unanswered);
      subscribe('holdfast:release-unanswered', listen);
      try {
        const work = locker.using('a', () => {
          line.always(fate);
          return 'result';
        });
        assert.equal(await rig.clock.until(work), 'result');
      } finally {
        unsubscribe('holdfast:release-unanswered', listen);
      }
      assert.equal(told.length, 1);
      assert.equal(told[0]?.lockName, 'a');
      assert.equal(codeOf(told[0]?.cause), code);
    }
  });

  test('with a release that gets no answer ends the trace of the lock with the error', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    using traces = new Traces('a');
    await rig.clock.until(locker.using('a', () => line.always(lostRequest)));
    await traces.over();
    assert.deepEqual(traces.told, ['acquire granted', 'hold unanswered']);
    assert.equal(codeOf(traces.last('hold').error), 'REDIS_UNREACHABLE');
  });

  test('throws LockLostError when the lock had been lost', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900, renew: false });
    await rig.clock.advance(900);
    await assert.rejects(lock[Symbol.asyncDispose](), { code: 'LOCK_LOST', reason: 'expired' });
    await lock[Symbol.asyncDispose]();
  });

  test('keeps the error of the block beside the loss of the lock', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const failure = new Error('of the block');
    const block = async (): Promise<void> => {
      await using lock = await locker.acquire('a', { ttl: 900, renew: false });
      rig.clock.stall(2_000);
      assert.equal(lock.held, false);
      throw failure;
    };
    const error: unknown = await block().catch((reason: unknown) => reason);
    assert.ok(error instanceof Error && error.name === 'SuppressedError');
    const { error: loss, suppressed } = error as Error & { error: unknown; suppressed: unknown };
    assert.ok(loss instanceof LockLostError);
    assert.equal(suppressed, failure);
  });
});

describe('using', () => {
  test('resolves with the result of the callback and gives the lock back', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    assert.equal(await locker.using('a', async (lock) => lock.name), 'a');
    assert.equal(rig.server.size, 0);
  });

  test('rejects with the error of the callback, unchanged, even when the lock was lost', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const failure = new Error('of the callback');
    const work = locker.using('a', { ttl: 900, renew: false }, async () => {
      rig.clock.stall(2_000);
      throw failure;
    });
    await assert.rejects(work, (error) => error === failure);
  });

  test('rejects with LockLostError when the callback succeeded without the lock', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const work = locker.using('a', { ttl: 900, renew: false }, () => rig.clock.stall(2_000));
    await assert.rejects(work, LockLostError);
  });

  test('does not call the callback, nor release anything, when the lock was not acquired', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    let calls = 0;
    const work = locker.using('a', { waitTimeout: 100 }, () => (calls += 1));
    await assert.rejects(rig.clock.until(work), { code: 'ACQUIRE_TIMEOUT' });
    assert.equal(calls, 0);
    assert.equal(line.of('release').length, 0);
    assert.ok(rig.server.strangerReleases('a'));
  });
});
