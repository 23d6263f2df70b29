/** In a cluster each slot has its epoch: what is lost at one master, or moved, concerns nothing else. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocker, type Locker } from '@holdfast/core';
import { type Shard, Shards } from '../cluster/shards.js';
import { told, until } from '../contract/patience.js';
import { afterFirstStart } from './first-start.js';

/** Far above what any of them takes: most of it is a grace. */
const TIMEOUT = 300_000;

const GRACE = 12_100;
const TERMS = { ttl: '10s', grace: GRACE, commandTimeout: '2s' } as const;

/** No grace that begins from now on is over before the moment that it returns. */
function earliestEnd(): number {
  return performance.now() + GRACE;
}

/** How often scripts were run there. */
async function runsAt({ client }: Shard): Promise<number> {
  return client.calls('evalsha');
}

describe('a grace in a cluster', { timeout: TIMEOUT }, () => {
  let shards: Shards;
  let mine: Locker;
  let other: Locker;
  const open = (): Promise<Locker> => createLocker({ url: shards.url, ...TERMS });
  before(async () => {
    shards = await Shards.start({ masters: 2, replicas: 0, nodeTimeout: 30_000 });
    [mine, other] = [await open(), await open()];
    await afterFirstStart(...shards.all.map(({ client }) => client));
  });
  after(async () => {
    for (const locker of [mine, other]) await locker.close();
    await shards[Symbol.asyncDispose]();
  });

  test('is over everywhere once it was waited for, also where nobody has asked before', async () => {
    for (const shard of shards.all) {
      for (let n = 0; n < 10; n += 1) {
        await using lock = await mine.tryAcquire(await shards.nameAt(shard));
        assert.ok(lock?.held);
      }
    }
    const [one] = shards.all as [Shard];
    const runs = await runsAt(one);
    await using third = await open();
    assert.ok((await runsAt(one)) - runs < 10, 'all slots have their epoch already');
    await using lock = await third.tryAcquire(await shards.nameAt(one));
    assert.ok(lock?.held);
  });

  test('begins at a slot that is moved: its lock goes on, and no other is granted there', async () => {
    const [from, to] = shards.all as [Shard, Shard];
    const tag = await shards.nameAt(from);
    const [name, beside] = [`{${tag}}held`, `{${tag}}free`];
    const home = await shards.ownerOf(`lock:${name}`);
    const target = home === from ? to : from;
    await using held = await mine.acquire(name);
    const end = earliestEnd();
    const moving = await shards.move(`lock:${name}`, home, target);
    await moving.finish();
    assert.equal(await other.tryAcquire(beside), null);
    await held.renew();
    // As if it had got lost on the way.
    await target.client.command('DEL', `lock:${name}`);
    const reclaimed = told('holdfast:grace', ({ state }) => state === 'reclaimed');
    await held.renew();
    await reclaimed;
    assert.equal(
      await target.client.command('GET', `lock:${name}`),
      `${held.token} ${held.fencingToken}`,
    );
    // Nobody else there has to wait.
    await using elsewhere = await other.tryAcquire(await shards.nameAt(target));
    assert.ok(elsewhere?.held);
    await using lock = await other.acquire(beside, { waitTimeout: '60s' });
    assert.ok(performance.now() >= end);
    assert.ok(lock.fencingToken > held.fencingToken && held.held);
  });

  test('begins at a master that was killed and has kept nothing, for all of its slots', async () => {
    const [one, two] = shards.all as [Shard, Shard];
    const name = await shards.nameAt(two);
    await using held = await mine.acquire(name, { mode: 'shared' });
    const end = earliestEnd();
    const reclaimed = told('holdfast:grace', ({ state }) => state === 'reclaimed');
    await two.server.kill();
    await two.server.start();
    await reclaimed;
    await using elsewhere = await other.tryAcquire(await shards.nameAt(one));
    assert.ok(elsewhere?.held);
    const [untouched, late] = [await shards.nameAt(two), await shards.nameAt(two)];
    await using lock = await other.acquire(untouched, { waitTimeout: '60s' });
    assert.ok(performance.now() >= end);
    // Its slot was not asked for before, and its grace is over all the same.
    await until(async () => {
      await using next = await other.tryAcquire(late);
      return next !== null;
    }, 'what began at once is over at once');
    assert.ok(held.held && lock.held);
  });
});

test(
  'a replica is promoted that has lost all: what is held there is reclaimed',
  { timeout: TIMEOUT },
  async () => {
    await using shards = await Shards.start({ masters: 3, replicas: 1, nodeTimeout: 1_000 });
    const [master, beside, , replica] = shards.all as [Shard, Shard, Shard, Shard];
    const where = { url: beside.server.url, ...TERMS };
    await using mine = await createLocker(where);
    await using other = await createLocker(where);
    await afterFirstStart(...shards.all.slice(0, 3).map(({ client }) => client));
    const name = await shards.nameAt(master);
    const untouched = await shards.nameAt(master);
    await using held = await mine.acquire(name);
    await master.client.command('WAIT', '1', '5000');
    await replica.client.command('CONFIG', 'SET', 'replica-read-only', 'no');
    await replica.client.command('FLUSHALL');
    const end = earliestEnd();
    const reclaimed = told('holdfast:grace', ({ state }) => state === 'reclaimed');
    await master.server.kill();
    const newcomer = other.acquire(untouched, { waitTimeout: '60s', onOutage: 'wait' });
    await reclaimed;
    assert.equal(
      await replica.client.command('GET', `lock:${name}`),
      `${held.token} ${held.fencingToken}`,
    );
    await using lock = await newcomer;
    assert.ok(performance.now() >= end);
    assert.ok(lock.fencingToken > held.fencingToken && held.held);
  },
);
