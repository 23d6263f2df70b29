import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocker, type Locker } from '@holdfast/core';
import { eventually, told } from '../contract/patience.js';
import { baseFor, type Shard, Shards } from './shards.js';

/** Far above what any of them takes. */
const TIMEOUT = 120_000;

/** A lock whose slot is at one master, and the other one that it goes to. */
interface Scene {
  readonly shards: Shards;
  readonly name: string;
  readonly key: string;
  readonly from: Shard;
  readonly to: Shard;
  locker(): Promise<Locker>;
}

describe('while a slot goes to another master', () => {
  let shards: Shards;
  before(async () => {
    shards = await Shards.start({ masters: 2, replicas: 0 });
  });
  after(() => shards[Symbol.asyncDispose]());

  function scene(promise: string, act: (scene: Scene) => Promise<void>): void {
    test(promise, { timeout: TIMEOUT }, async () => {
      const [from, to] = shards.all as [Shard, Shard];
      const name = await shards.nameAt(from);
      const lockers: Locker[] = [];
      const locker = async (): Promise<Locker> => {
        const opened = await createLocker({ url: shards.url });
        lockers.push(opened);
        return opened;
      };
      try {
        await act({ shards, name, key: `lock:${name}`, from, to, locker });
      } finally {
        await Promise.all(lockers.map((opened) => opened.close()));
      }
    });
  }

  scene('a held lock is renewed wherever it is, there and back', async (it) => {
    const locker = await it.locker();
    await using lock = await locker.acquire(it.name, { ttl: '1500ms' });
    const renewed = (): Promise<unknown> =>
      told('holdfast:renewal', ({ token, outcome }) => {
        assert.notEqual(outcome, 'lost');
        return token === lock.token && outcome === 'renewed';
      });
    for (const [from, to] of [
      [it.from, it.to],
      [it.to, it.from],
    ] as const) {
      const move = await it.shards.move(it.key, from, to);
      await renewed();
      // The clock has gone, and the lock has not: then the lock, too.
      await move.take(`${baseFor(it.key)}clock`);
      await renewed();
      await move.take(it.key);
      await renewed();
      await move.finish();
      await renewed();
    }
    assert.ok(lock.held);
    await lock.release();
  });

  for (const [promise, isHeard] of [
    ['who waits is handed the lock at the new master, in the order of the calls', true],
    ['nobody is forgotten who does not listen at the new master yet', false],
  ] as const) {
    scene(promise, async (it) => {
      const [one, other] = [await it.locker(), await it.locker()];
      const held = await one.acquire(it.name);
      const order: number[] = [];
      const waits = [];
      for (const [place, locker] of [other, one, other].entries()) {
        const wait = locker.acquire(it.name, { waitTimeout: '15s' }).then(async (lock) => {
          order.push(place);
          await lock.release();
          return lock.fencingToken;
        });
        waits.push(wait);
        await it.shards.queued(it.key, place + 1);
      }
      const move = await it.shards.move(it.key, it.from, it.to);
      await move.finish();
      if (isHeard) await it.shards.listening(it.key, it.to, 2);
      const since = performance.now();
      await held.release();
      const tokens = await eventually(Promise.all(waits), 'all of them had it');
      assert.ok(performance.now() - since < 3_000, 'before any poll is due');
      if (isHeard) assert.deepEqual(order, [0, 1, 2]);
      assert.ok(tokens.every((token) => token > held.fencingToken));
    });
  }

  scene('who asks for a lock has it when the slot has arrived', async (it) => {
    const locker = await it.locker();
    // So that the slot has something to take along.
    await using first = await locker.acquire(it.name);
    await first.release();
    const move = await it.shards.move(it.key, it.from, it.to);
    const refused = told('holdfast:wait-begin', ({ lockName }) => lockName === it.name);
    const acquiring = locker.acquire(it.name, { waitTimeout: '10s' });
    assert.match(String(((await refused).cause as Error).cause), /TRYAGAIN|ASK/);
    await move.finish();
    await using lock = await eventually(acquiring, 'it is granted');
    assert.ok(lock.fencingToken > first.fencingToken);
  });

  scene(
    'the fencing token of a lock never falls, whatever the clock of its master says',
    async (it) => {
      const locker = await it.locker();
      const clock = `${baseFor(it.key)}clock`;
      // Its former master is a day ahead.
      const ahead = (Date.now() + 86_400_000) * 1_000;
      await (await locker.acquire(it.name)).release();
      await it.from.client.command('SET', clock, String(ahead));
      const tokens = [ahead];
      for (const [from, to] of [
        [it.from, it.to],
        [it.to, it.from],
      ] as const) {
        const move = await it.shards.move(it.key, from, to);
        await move.finish();
        const lock = await locker.acquire(it.name);
        tokens.push(lock.fencingToken);
        await lock.release();
      }
      assert.deepEqual(
        tokens,
        tokens.toSorted((a, b) => a - b),
      );
      assert.equal(new Set(tokens).size, tokens.length);
    },
  );

  scene('a forced release finds the lock where it is now', async (it) => {
    const locker = await it.locker();
    const held = await locker.acquire(it.name);
    const move = await it.shards.move(it.key, it.from, it.to);
    await move.finish();
    assert.equal(await locker.forceRelease(it.name), true);
    await assert.rejects(held.release(), { code: 'LOCK_LOST' });
  });

  scene('a room that several share goes along', async (it) => {
    const [one, other] = [await it.locker(), await it.locker()];
    const readers = [
      await one.acquire(it.name, { mode: 'shared', ttl: '5s' }),
      await other.acquire(it.name, { mode: 'shared', ttl: '5s' }),
    ];
    const writing = other.acquire(it.name, { waitTimeout: '15s' });
    await it.shards.queued(it.key, 1);
    const move = await it.shards.move(it.key, it.from, it.to);
    await move.finish();
    for (const reader of readers) {
      await reader.renew();
      await reader.release();
    }
    await using writer = await eventually(writing, 'the writer has it');
    assert.ok(readers.every(({ fencingToken }) => fencingToken < writer.fencingToken));
  });
});
