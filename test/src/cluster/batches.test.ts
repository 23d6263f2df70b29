import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  createLocker,
  ForeignDataError,
  type Lock,
  type Locker,
  LockLostError,
  RedisRefusedError,
} from '@holdfast/core';
import { eventually, told, until } from '../contract/patience.js';
import { slotOf } from '../../../packages/core/dist/redis/cluster/slot.js';
import { tagOf } from '../../../packages/core/dist/redis/cluster/tag.js';
import { type Shard, Shards } from './shards.js';

/** Far above what any of them takes. */
const TIMEOUT = 120_000;
const COUNT = 24;

async function takeAndGiveBack(locker: Locker, all: readonly string[]): Promise<Lock[]> {
  const locks = await Promise.all(all.map((name) => locker.acquire(name)));
  await Promise.all(locks.map((lock) => lock.release()));
  return locks;
}

/** What stands for the slot of a lock in the names beside it. */
const tagIn = (name: string): string => tagOf(slotOf(`lock:${name}`));

const clockOf = (name: string): string => `holdfast:{${tagIn(name)}}:clock`;

/** Also where the slot is on its way, and the key may be at either end of it. */
async function isHeldAt({ client }: Shard, name: string): Promise<boolean> {
  const key = `lock:${name}`;
  const keys = await client.command('CLUSTER', 'GETKEYSINSLOT', String(slotOf(key)), '100');
  return (keys as string[]).includes(key);
}

/** How many scripts a master has run so far. */
const scripts = ({ client }: Shard): Promise<number> => client.calls('evalsha');

describe('locks of many slots that are asked for at the same time', () => {
  let shards: Shards;
  before(async () => {
    shards = await Shards.start({ masters: 2, replicas: 0 });
  });
  after(() => shards[Symbol.asyncDispose]());

  const names = (at: Shard): Promise<string[]> =>
    Promise.all(Array.from({ length: COUNT }, () => shards.nameAt(at)));

  /** A user who may do anything, with keys of these patterns. */
  async function userOf(...keys: string[]): Promise<string> {
    for (const { client } of shards.all) {
      await client.command(
        'ACL',
        'SETUSER',
        'guest',
        'reset',
        'on',
        '>secret',
        '&*',
        '+@all',
        ...keys,
      );
    }
    return shards.url.replace('redis://', 'redis://guest:secret@');
  }

  test('take one script for each master', { timeout: TIMEOUT }, async () => {
    const [master] = shards.all as [Shard];
    const all = await names(master);
    await using locker = await createLocker({ url: shards.url });
    const first = await takeAndGiveBack(locker, all);
    const count = await scripts(master);
    const second = await takeAndGiveBack(locker, all);
    // They may leave on several connections, eight at a time.
    assert.ok((await scripts(master)) - count <= (2 * COUNT) / 8);
    for (const [place, lock] of second.entries()) {
      assert.ok(lock.fencingToken > (first[place] as Lock).fencingToken);
    }
  });

  test('have no lines to look for in a slot without keys', { timeout: TIMEOUT }, async () => {
    const [master] = shards.all as [Shard];
    const { client } = master;
    const [stranger = '', ...others] = await names(master);
    const lone = [others.pop() as string];
    const clockAt = async (name: string): Promise<string> =>
      String(await client.command('GET', clockOf(name)));
    // Where anything is, a clock may have been lost.
    await client.command('SET', `another:{${tagIn(stranger)}}`, 'of somebody else');
    await using locker = await createLocker({ url: shards.url });
    await takeAndGiveBack(locker, lone);
    await takeAndGiveBack(locker, [stranger, ...others]);
    assert.match(await clockAt(stranger), /^\d{16} \d{13}$/);
    for (const name of [...lone, ...others]) assert.match(await clockAt(name), /^\d{16}$/);
  });

  test('do not wait for one whose slot is on its way', { timeout: TIMEOUT }, async () => {
    const [from, to] = shards.all as [Shard, Shard];
    const [name = '', ...others] = await names(from);
    await using locker = await createLocker({ url: shards.url });
    await using first = await locker.acquire(name);
    await first.release();
    const move = await shards.move(`lock:${name}`, from, to);
    const refused = told('holdfast:wait-begin', ({ lockName }) => lockName === name);
    const acquiring = locker.acquire(name, { waitTimeout: '10s' });
    await eventually(takeAndGiveBack(locker, others), 'the others are granted');
    assert.match(String(((await refused).cause as Error).cause), /TRYAGAIN|ASK/);
    await move.finish();
    await using lock = await eventually(acquiring, 'it is granted');
    assert.ok(lock.fencingToken > first.fencingToken);
  });

  test('are taken whatever the clock of one holds', { timeout: TIMEOUT }, async () => {
    const [master] = shards.all as [Shard];
    const { client } = master;
    const texts = ['-5', '1.5', 'nan', 'inf', '1e99', '', 'of somebody else', '12 x'];
    const [list = '', ahead = '', ...others] = await names(master);
    await using locker = await createLocker({ url: shards.url });
    await takeAndGiveBack(locker, [list, ahead, ...others]);
    const inAnHour = (Date.now() + 3_600_000) * 1_000;
    await client.command('SET', clockOf(ahead), String(inAnHour));
    await client.command('DEL', clockOf(list));
    await client.command('RPUSH', clockOf(list), 'of somebody else');
    for (const [place, text] of texts.entries()) {
      await client.command('SET', clockOf(others[place] as string), text);
    }
    const now = Date.now() * 1_000;
    const all = await Promise.all(
      [list, ahead, ...others].map((name) => locker.acquire(name, { waitTimeout: 0 })),
    );
    assert.ok(all.every(({ fencingToken }) => fencingToken >= now));
    assert.equal((all[1] as Lock).fencingToken, inAnHour + 1);
    // What no clock tells counts for nothing: somebody may wait.
    for (const [place, text] of texts.entries()) {
      const clock = String(await client.command('GET', clockOf(others[place] as string)));
      assert.match(clock, /^\d{16} \d{13}$/, `instead of ${text}`);
    }
    // And lost, while they are held.
    for (const name of others.slice(0, 3)) await client.command('DEL', clockOf(name));
    await Promise.all(all.map((lock) => lock.release()));
    for (const { name } of all) assert.equal(await isHeldAt(master, name), false);
  });

  test('are taken and given back only where that is right', { timeout: TIMEOUT }, async () => {
    const [master] = shards.all as [Shard];
    const { client } = master;
    const [taken = '', list = '', lost = '', stolen = '', wanted = '', odd = '', ...others] =
      await names(master);
    await using locker = await createLocker({ url: shards.url });
    await using other = await createLocker({ url: shards.url });
    await takeAndGiveBack(locker, [taken, list, lost, stolen, wanted, odd, ...others]);
    await client.command('SET', `lock:${taken}`, 'somebody');
    await client.command('RPUSH', `lock:${list}`, 'of somebody else');
    const answers = await Promise.allSettled(
      [taken, list, lost, stolen, wanted, odd, ...others].map((name) => locker.tryAcquire(name)),
    );
    const [ofTaken, ofList, ...granted] = answers.map((answer) =>
      answer.status === 'fulfilled' ? answer.value : (answer.reason as Error),
    );
    assert.equal(ofTaken, null);
    assert.ok(ofList instanceof ForeignDataError);
    const next = [wanted, odd].map((name) => other.acquire(name));
    for (const name of [wanted, odd]) {
      const line = `holdfast:{${tagIn(name)}}:queue:lock:${name}`;
      await until(async () => (await client.command('EXISTS', line)) === 1, 'it waits');
    }
    // No clock of ours gives that, so it counts for nothing.
    await client.command('SET', clockOf(odd), '9000000000000001');
    await client.command('DEL', `lock:${lost}`);
    await client.command('SET', `lock:${stolen}`, 'somebody');
    const [ofLost, ofStolen, ...ended] = await Promise.allSettled(
      (granted as Lock[]).map((lock) => lock.release()),
    );
    for (const end of [ofLost, ofStolen]) {
      assert.ok(end?.status === 'rejected' && end.reason instanceof LockLostError);
    }
    assert.ok(ended.every(({ status }) => status === 'fulfilled'));
    assert.equal(await client.command('GET', `lock:${stolen}`), 'somebody');
    const count = await scripts(master);
    const handedOver = await eventually(Promise.all(next), 'they are handed over');
    assert.equal(await scripts(master), count, 'nobody had to ask');
    for (const [place, lock] of handedOver.entries()) {
      assert.ok(lock.fencingToken > (granted[2 + place] as Lock).fencingToken);
      await lock.release();
    }
    for (const name of [...others, lost, wanted, odd]) {
      assert.equal(await isHeldAt(master, name), false);
    }
  });

  test('are given back while parts of some are on their way', { timeout: TIMEOUT }, async () => {
    const [from, to] = shards.all as [Shard, Shard];
    const [clock = '', lock = '', both = '', none = '', free = '', ...others] = await names(from);
    const moving = [clock, lock, both, none, free];
    await using locker = await createLocker({ url: shards.url });
    await takeAndGiveBack(locker, [...moving, ...others]);
    const held = [clock, lock, both, none, ...others];
    const locks = await Promise.all(held.map((name) => locker.acquire(name)));
    const moves = await Promise.all(moving.map((name) => shards.move(`lock:${name}`, from, to)));
    await moves[0]?.take(clockOf(clock));
    await moves[1]?.take(`lock:${lock}`);
    await moves[2]?.take(clockOf(both), `lock:${both}`);
    const released = Promise.all(locks.map((one) => one.release()));
    const taken = locker.acquire(free, { waitTimeout: '30s' });
    // Where all that it needs is in one place, nothing waits for the slot.
    await until(async () => !(await isHeldAt(from, none)), 'it is given back where it was');
    for (const move of moves) await move.finish();
    await eventually(released, 'all are given back');
    await using last = await eventually(taken, 'it is granted');
    assert.ok(last.held);
    for (const name of moving.slice(0, 4)) assert.equal(await isHeldAt(to, name), false);
  });

  test('are taken where keys must be declared', { timeout: TIMEOUT }, async () => {
    const [master] = shards.all as [Shard];
    const { client } = master;
    const all = await names(master);
    // Where there is a key but no clock, somebody may wait: so all rules are needed.
    for (const name of all) await client.command('SET', `another:{${tagIn(name)}}`, '');
    // The one that has nothing behind the tag is never declared.
    const url = await userOf('~lock:*', '~holdfast:{*}:?*');
    await using locker = await createLocker({ url });
    await takeAndGiveBack(locker, all);
    const count = await scripts(master);
    await takeAndGiveBack(locker, all);
    // It is not tried again for each of them.
    assert.ok((await scripts(master)) - count <= 2 * COUNT + 2);
  });

  test(
    'are not taken where the clock can be read and not written',
    { timeout: TIMEOUT },
    async () => {
      const [master] = shards.all as [Shard];
      const all = await names(master);
      await using locker = await createLocker({ url: await userOf('~lock:*', '~holdfast:*') });
      await takeAndGiveBack(locker, all);
      // A locker that opens now would say so at once.
      await userOf('~lock:*', '%R~holdfast:*');
      const answers = await Promise.allSettled(all.map((name) => locker.tryAcquire(name)));
      for (const answer of answers) {
        assert.ok(answer.status === 'rejected' && answer.reason instanceof RedisRefusedError);
      }
      for (const name of all) assert.equal(await isHeldAt(master, name), false);
    },
  );

  test('do not suffer from one that this user may not touch', { timeout: TIMEOUT }, async () => {
    const [master] = shards.all as [Shard];
    const [name = '', ...others] = await names(master);
    const url = await userOf('~lock:order:*', '~holdfast:*');
    await using locker = await createLocker({ url, keyPrefix: '' });
    const theirs = others.map((other) => `lock:${other}`);
    const refused = locker.acquire(name);
    refused.catch(() => {});
    await takeAndGiveBack(locker, theirs);
    await assert.rejects(refused, RedisRefusedError);
  });
});
