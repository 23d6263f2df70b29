import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AcquireTimeoutError, RedisUnreachableError } from '@holdfast/core';
import { lostReply, lostRequest, slow } from './fate.js';
import { Rig } from './rig.js';

describe('busy is not unreachable', () => {
  test('a wait in which Redis never answered ends as unreachable', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.always(lostRequest, 'acquire');
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 1_000 }));
    await rig.clock.advance(1_100);
    assert.ok(wait.reason instanceof RedisUnreachableError);
  });

  test('a wait in which Redis fell silent ends as unreachable', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 3_600_000);
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 6_000 }));
    await rig.clock.advance(4_000);
    line.always(lostRequest);
    await rig.clock.advance(2_100);
    assert.ok(wait.reason instanceof RedisUnreachableError);
  });

  test('a wait that was answered again after a silence ends as busy', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 3_600_000);
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 9_000 }));
    await rig.clock.advance(4_000);
    line.next('acquire', lostRequest);
    await rig.clock.advance(5_000);
    assert.ok(wait.reason instanceof AcquireTimeoutError);
  });

  test('a wait with waitTimeout 0 that got its answer late ends as busy', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.next('acquire', slow(0, 700));
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 0 }));
    await rig.clock.advance(700);
    assert.ok(wait.reason instanceof AcquireTimeoutError);
  });

  test('a wait that ends while the channel is being opened ends as busy', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.nextListen(3_000);
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 200 }));
    await rig.clock.advance(200);
    assert.ok(wait.reason instanceof AcquireTimeoutError);
    assert.equal(line.of('cancel').length, 0);
  });

  test('a lost reply does not leave a lock behind', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.always(lostReply, 'acquire');
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 1_000, ttl: 3_600_000 }));
    await rig.clock.advance(1_100);
    assert.ok(wait.reason instanceof RedisUnreachableError);
    await rig.clock.advance(5_000);
    assert.equal(rig.server.size, 0);
  });

  test('is busy when the first answer comes a little after the time is up', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.always(slow(0, 350), 'acquire');
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 300 }));
    await rig.clock.advance(600);
    assert.ok(wait.reason instanceof AcquireTimeoutError);
  });

  test('is a lock when it was free, and the first answer comes a little after the time is up', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', slow(0, 350));
    const lock = await rig.clock.until(locker.acquire('a', { waitTimeout: 300 }));
    assert.equal(lock.held, true);
  });
});
