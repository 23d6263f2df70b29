import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Lock, LossFacts } from '@holdfast/core';
import { acquireTopic } from '../../../packages/core/dist/diagnostics.js';
import { cutBefore, lostRequest, slow } from './fate.js';
import { listen } from './listen.js';
import { codeOf } from './loss.js';
import { Rig } from './rig.js';

function grantOf({ token, fencingToken }: Lock): { token: string; fencingToken: number } {
  return { token, fencingToken };
}

/** Of a loss that is not a matter of time. */
function facts(sinceRenewal: number): LossFacts {
  return { lateBy: undefined, sinceRenewal, eventLoopDelay: 0, suspect: undefined };
}

describe('diagnostics', () => {
  test('tell of an acquire and a release', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    using channels = listen();
    line.next('acquire', slow(20, 20));
    const lock = await rig.clock.until(locker.acquire('a'));
    const { token, fencingToken } = lock;
    await rig.clock.advance(500);
    await lock.release();
    const which = { lockName: 'a', token, fencingToken };
    assert.deepEqual(channels.told, [
      ['holdfast:acquire', { ...which, waited: 40, handedOff: false }],
      ['holdfast:release', { ...which, heldFor: 500, handedOff: false, next: undefined }],
    ]);
  });

  test('tell of a hand-off, with how long the waiter stood in line', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const first = await locker.acquire('a');
    const wait = rig.watch(locker.acquire('a', { ttl: 60_000 }));
    await rig.clock.advance(700);
    using channels = listen();
    await first.release();
    await rig.clock.advance(0);
    const lock = wait.value;
    assert.ok(lock);
    const which = { lockName: 'a', token: lock.token, fencingToken: lock.fencingToken };
    assert.deepEqual(
      channels.told.filter(([channel]) => channel !== 'holdfast:release'),
      [
        ['holdfast:hand-off', { ...which, waited: 700 }],
        ['holdfast:acquire', { ...which, waited: 700, handedOff: true }],
      ],
    );
    const release = channels.told.find(([channel]) => channel === 'holdfast:release');
    assert.deepEqual(release?.[1], {
      lockName: 'a',
      token: first.token,
      fencingToken: first.fencingToken,
      heldFor: 700,
      handedOff: true,
      next: { kind: 'locker', owner: undefined, ...grantOf(lock), self: true },
    });
  });

  test('tell of a busy lock, for a wait and for a try', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    using channels = listen();
    await locker.tryAcquire('a');
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 250 }));
    await rig.clock.advance(250);
    assert.equal(wait.state, 'rejected');
    const holder = { kind: 'locker', owner: undefined, token: 'stranger/1', self: false };
    const busy = channels.told.filter(([channel]) => channel === 'holdfast:busy');
    assert.deepEqual(
      busy.map(([, { holder: who, ...rest }]) => [rest, { ...(who as object), fencingToken: 0 }]),
      [
        [
          { lockName: 'a', token: 'party-1/1', holderTtl: 60_000, waited: 0 },
          { ...holder, fencingToken: 0 },
        ],
        [
          { lockName: 'a', token: 'party-1/2', holderTtl: 59_750, waited: 250 },
          { ...holder, fencingToken: 0 },
        ],
      ],
    );
  });

  test('tell of every renewal and its outcome, and of a loss with its reason', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    const which = { lockName: 'a', token: lock.token, fencingToken: lock.fencingToken };
    using channels = listen();
    line.next('renew', cutBefore);
    await rig.clock.advance(400);
    const [unknown, renewed] = channels.told.splice(0);
    assert.ok(unknown);
    assert.equal(unknown[0], 'holdfast:renewal');
    const { cause, ...rest } = unknown[1];
    assert.deepEqual(rest, { ...which, outcome: 'unknown', remaining: 900 - 11 - 300 });
    assert.equal(codeOf(cause), 'REDIS_UNREACHABLE');
    assert.deepEqual(renewed, [
      'holdfast:renewal',
      { ...which, outcome: 'renewed', remaining: 900 - 11, cause: undefined },
    ]);
    assert.ok(rig.server.strangerReleases('a', lock.token));
    await rig.clock.advance(300);
    assert.deepEqual(channels.told, [
      ['holdfast:loss', { ...which, reason: 'gone', holder: undefined, facts: facts(300) }],
      ['holdfast:renewal', { ...which, outcome: 'lost', remaining: 0, cause: undefined }],
    ]);
  });

  test('tell of a renewal that came too late', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 300 });
    const which = { lockName: 'a', token: lock.token, fencingToken: lock.fencingToken };
    using channels = listen();
    line.next('renew', slow(0, 300));
    await rig.clock.advance(400);
    const expiry = { ...facts(295), lateBy: 0, suspect: 'server' };
    assert.deepEqual(channels.told, [
      ['holdfast:loss', { ...which, reason: 'expired', holder: undefined, facts: expiry }],
      ['holdfast:renewal', { ...which, outcome: 'expired', remaining: 0, cause: undefined }],
    ]);
  });

  test('tell of a loss that only the release found', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a');
    assert.ok(rig.server.strangerReleases('a', lock.token));
    using channels = listen();
    await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
    const which = { lockName: 'a', token: lock.token, fencingToken: lock.fencingToken };
    assert.deepEqual(channels.told, [
      ['holdfast:loss', { ...which, reason: 'gone', holder: undefined, facts: facts(0) }],
    ]);
  });

  test('tell of a release without an answer', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const lock = await locker.acquire('a');
    using channels = listen();
    line.always(lostRequest);
    await rig.clock.until(lock[Symbol.asyncDispose]());
    const [[channel, { cause, blockedFor, ...which }] = ['', {}]] = channels.told;
    assert.equal(channel, 'holdfast:release-unanswered');
    assert.deepEqual(which, { lockName: 'a', ...grantOf(lock) });
    assert.equal(codeOf(cause), 'REDIS_UNREACHABLE');
    // Of 30 s; it was tried for 1,050 ms.
    assert.equal(blockedFor, 28_950);
    assert.equal(channels.told.length, 1);
  });

  test('build nothing while nobody listens', async (context) => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const topic = Object.getPrototypeOf(acquireTopic) as { publish(message: object): void };
    const publish = context.mock.method(topic, 'publish');
    const lock = await locker.acquire('a', { ttl: 900 });
    rig.watch(locker.acquire('a', { waitTimeout: 100 }));
    const wait = rig.watch(locker.acquire('a', { ttl: 900, renew: false }));
    await rig.clock.advance(500);
    await lock.release();
    await rig.clock.advance(2_000);
    assert.equal(wait.value?.held, false);
    assert.equal(publish.mock.callCount(), 0);
    using _ = listen();
    await locker.acquire('b');
    assert.equal(publish.mock.callCount(), 1);
  });
});
