import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RedisUnreachableError } from '@holdfast/core';
import { neverSent, refusedForNow } from './fate.js';
import { Rig } from './rig.js';

describe('what never left the process', () => {
  test('needs no cancel', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(neverSent);
    const wait = rig.watch(locker.acquire('a', { ttl: 3_600_000 }));
    await rig.clock.advance(1_100);
    assert.ok(wait.reason instanceof RedisUnreachableError);
    await rig.clock.advance(60_000);
    assert.equal(line.of('cancel').length, 0);
    assert.equal(rig.clock.timers, 0);
  });

  test('takes nothing from what is known: a place in the line is given up after it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 120_000);
    const stop = new AbortController();
    const wait = rig.watch(locker.acquire('a', { signal: stop.signal }));
    await rig.clock.advance(0);
    const asked = line.of('acquire').length;
    line.next('acquire', neverSent);
    while (line.of('acquire').length === asked) await rig.clock.advance(500);
    stop.abort();
    await rig.clock.advance(100);
    assert.equal(wait.state, 'rejected');
    assert.equal(line.of('cancel').length, 1);
    assert.equal(rig.server.size, 1);
  });

  test('does not make a release that is answered "lost" later pass for done', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    line.next('release', neverSent);
    const release = rig.watch(lock.release());
    await rig.clock.advance(10);
    assert.ok(rig.server.strangerReleases('a', lock.token));
    await rig.clock.advance(100);
    assert.equal((release.reason as { code?: string }).code, 'LOCK_LOST');
  });
});

describe('a refusal that passes', () => {
  test('is waited for by an acquire, which then gets the lock', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.always(refusedForNow);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(3_000);
    assert.equal(wait.state, 'pending');
    line.heal();
    await rig.clock.advance(300);
    assert.equal(wait.state, 'fulfilled');
  });

  test('is what the caller is told of, when it lasts longer than the command timeout', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(refusedForNow);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(1_000);
    assert.equal((wait.reason as { code?: string }).code, 'REDIS_REFUSED');
  });

  test('does not keep a lock: the release goes on behind the back of its caller', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const lock = await locker.acquire('a', { ttl: 60_000 });
    line.always(refusedForNow);
    const release = rig.watch(lock.release());
    await rig.clock.advance(1_000);
    assert.equal((release.reason as { code?: string }).code, 'REDIS_REFUSED');
    await rig.clock.advance(10_000);
    assert.equal(rig.server.isFree('a'), false);
    line.heal();
    await rig.clock.advance(300);
    assert.equal(rig.server.isFree('a'), true);
    assert.equal(rig.clock.timers, 0);
  });
});
