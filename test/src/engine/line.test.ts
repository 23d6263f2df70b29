import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RedisUnreachableError } from '@holdfast/core';
import { pushLost, slow } from './fate.js';
import { Rig } from './rig.js';

describe('standing in line', () => {
  test('asks for a free lock without opening a channel', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await locker.acquire('a');
    assert.equal(line.listens, 0);
    assert.equal(line.sent.length, 1);
  });

  test('enqueues nothing before the channel stands', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.nextListen(300);
    rig.watch(locker.acquire('a'));
    await rig.clock.advance(299);
    assert.deepEqual(
      line.of('acquire').map(({ enqueue }) => enqueue),
      [false],
    );
    assert.equal(rig.server.size, 1);
    await rig.clock.advance(1);
    assert.deepEqual(
      line.of('acquire').map(({ enqueue }) => enqueue),
      [false, true],
    );
    assert.equal(rig.server.size, 2);
  });

  test('enqueues with the first request once the channel stands', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await line.listen();
    rig.server.strangerTakes('a', 60_000);
    rig.watch(locker.acquire('a'));
    await rig.clock.advance(0);
    assert.deepEqual(
      line.of('acquire').map(({ enqueue }) => enqueue),
      [true],
    );
  });

  test('tries again when the channel cannot be opened, and ends as unreachable', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('a', 60_000);
    const error = new RedisUnreachableError('scripted', 'x');
    const failures = Array.from({ length: 100 }, () => ({ kind: 'unanswered' as const, error }));
    line.nextListen(...failures);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(1_000);
    assert.ok(wait.reason instanceof RedisUnreachableError);
    assert.ok(line.listens > 5 && line.listens <= 20, `${line.listens} tries`);
    assert.equal(rig.server.size, 1);
  });

  test('every waiter asks again with its ticket when the connection comes back', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    rig.server.strangerTakes('b', 60_000);
    for (const name of ['a', 'b', 'a', 'a']) rig.watch(locker.acquire(name));
    await rig.clock.advance(0);
    const before = line.of('acquire').length;
    line.reconnect();
    await rig.clock.advance(0);
    const again = line.of('acquire').slice(before);
    assert.equal(again.length, 4);
    assert.equal(new Set(again.map(({ ticket }) => ticket)).size, 4);
    assert.ok(again.every(({ ticket }) => ticket !== undefined && ticket > 0));
  });

  test('asks again after the answer when the connection comes back in the middle', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await line.listen();
    rig.server.strangerTakes('a', 60_000);
    line.next('acquire', slow(0, 100));
    rig.watch(locker.acquire('a'));
    await rig.clock.advance(50);
    line.reconnect();
    await rig.clock.advance(49);
    assert.equal(line.of('acquire').length, 1);
    await rig.clock.advance(1);
    assert.equal(line.of('acquire').length, 2);
  });

  test('a waiter whose place was lost at the server gets it back, and so do the others', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const order: number[] = [];
    rig.server.strangerTakes('a', 120_000);
    for (const n of [1, 2, 3, 4]) {
      rig.watch(locker.using('a', { ttl: 300_000 }, () => order.push(n)));
    }
    await rig.clock.advance(0);
    const tokens = line.of('acquire').map(({ token }) => token);
    assert.equal(rig.server.size, 2);
    // Nobody asks for longer than the line lives.
    rig.clock.suspend(31_000);
    assert.equal(rig.server.size, 1);
    const before = line.of('acquire').length;
    await rig.clock.advance(5_000);
    const again = line.of('acquire').slice(before);
    assert.deepEqual([...new Set(again.map(({ token }) => token))], [...new Set(tokens)]);
    assert.ok(again.every(({ ticket }) => ticket !== undefined));
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    assert.deepEqual(order, [1, 2, 3, 4]);
  });

  test('a line that was lost puts those who came before ahead of those who came after', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const late = await rig.party();
    const order: string[] = [];
    rig.server.strangerTakes('a', 120_000);
    rig.watch(locker.using('a', { ttl: 300_000 }, () => order.push('early')));
    await rig.clock.advance(0);
    rig.clock.suspend(31_000);
    rig.watch(late.locker.using('a', { ttl: 300_000 }, () => order.push('late')));
    await rig.clock.advance(5_000);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    assert.deepEqual(order, ['early', 'late']);
  });

  test('asks again at once while the server has only dead waiters to clear away', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await line.listen();
    rig.server.strangerTakes('a', 1_000);
    rig.server.ghostsWait('a', 400);
    await rig.clock.advance(1_001);
    const lock = await locker.acquire('a');
    assert.equal(lock.held, true);
    assert.equal(line.of('acquire').length, 4);
  });

  test('a waiter of a process that is gone is passed over', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    rig.server.ghostsWait('a', 3);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(0);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
  });

  test('waits of many locks do not mix', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const names = Array.from({ length: 50 }, (_, index) => `lock ${index}`);
    const firsts = await Promise.all(names.map((name) => locker.acquire(name)));
    const waits = names.map((name) => rig.watch(locker.acquire(name)));
    await rig.clock.advance(0);
    line.nextPush(pushLost);
    await Promise.all(firsts.map((lock) => lock.release()));
    await rig.clock.advance(0);
    assert.equal(waits.filter(({ state }) => state === 'pending').length, 1);
    for (const [index, { value }] of waits.entries()) {
      assert.ok(value === undefined || value.name === names[index]);
    }
    await rig.clock.advance(5_000);
    assert.equal(waits.filter(({ state }) => state === 'fulfilled').length, 50);
  });
});
