import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocker, type Lock, type Locker, RedisRefusedError } from '@holdfast/core';
import { eventually, told } from '../contract/patience.js';
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
  async function userOf(...patterns: string[]): Promise<string> {
    const keys = patterns.map((pattern) => `~${pattern}`);
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
    const clockOf = async (name: string): Promise<string> =>
      String(await client.command('GET', `holdfast:{${tagIn(name)}}:clock`));
    // Where anything is, a clock may have been lost.
    await client.command('SET', `another:{${tagIn(stranger)}}`, 'of somebody else');
    await using locker = await createLocker({ url: shards.url });
    await takeAndGiveBack(locker, lone);
    await takeAndGiveBack(locker, [stranger, ...others]);
    assert.match(await clockOf(stranger), /^\d{16} \d{13}$/);
    for (const name of [...lone, ...others]) assert.match(await clockOf(name), /^\d{16}$/);
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

  test('are taken where keys must be declared', { timeout: TIMEOUT }, async () => {
    const [master] = shards.all as [Shard];
    const all = await names(master);
    // The one that has nothing behind the tag is never declared.
    const url = await userOf('lock:*', 'holdfast:{*}:?*');
    await using locker = await createLocker({ url });
    await takeAndGiveBack(locker, all);
    const count = await scripts(master);
    await takeAndGiveBack(locker, all);
    // It is not tried again for each of them.
    assert.ok((await scripts(master)) - count <= 2 * COUNT + 2);
  });

  test('do not suffer from one that this user may not touch', { timeout: TIMEOUT }, async () => {
    const [master] = shards.all as [Shard];
    const [name = '', ...others] = await names(master);
    const url = await userOf('lock:order:*', 'holdfast:*');
    await using locker = await createLocker({ url, keyPrefix: '' });
    const theirs = others.map((other) => `lock:${other}`);
    const refused = locker.acquire(name);
    refused.catch(() => {});
    await takeAndGiveBack(locker, theirs);
    await assert.rejects(refused, RedisRefusedError);
  });
});
