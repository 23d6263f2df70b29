import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { after, before, describe, test } from 'node:test';
import { createLocker, type DiagnosticMessages, RedisRefusedError } from '@holdfast/core';
import { slotOf } from '../../../packages/core/dist/redis/cluster/slot.js';
import { eventually, told, until } from '../contract/patience.js';
import { type Shard, Shards } from './shards.js';

/** Far above what any of them takes. */
const TIMEOUT = 300_000;

describe('a cluster in trouble', { timeout: TIMEOUT }, () => {
  let shards: Shards;
  before(async () => {
    // A slot that nobody serves takes none of the others along.
    const args = [
      '--cluster-require-full-coverage',
      'no',
      '--cluster-allow-replica-migration',
      'no',
    ];
    shards = await Shards.start({ masters: 3, replicas: 0, spares: 1, nodeTimeout: 1_000, args });
  });
  after(() => shards[Symbol.asyncDispose]());

  /** All nodes do the same with a slot. */
  async function everywhere(...command: readonly string[]): Promise<void> {
    for (const { client } of shards.all) await client.command(...command).catch(() => {});
  }

  test('a lock in a slot that nobody serves is had when somebody does', async () => {
    const owner = shards.all[1] as Shard;
    const name = await shards.nameAt(owner);
    const slot = String(slotOf(`lock:${name}`));
    await using locker = await createLocker({ url: shards.url });
    await everywhere('CLUSTER', 'DELSLOTS', slot);
    const begun = told('holdfast:wait-begin', ({ lockName }) => lockName === name);
    const acquiring = locker.acquire(name, { waitTimeout: '15s' });
    assert.match(((await begun).cause as Error).message, /CLUSTERDOWN|has no master/);
    await using elsewhere = await locker.acquire(await shards.nameAt(shards.all[0] as Shard));
    assert.ok(elsewhere.held);
    await owner.client.command('CLUSTER', 'ADDSLOTS', slot);
    await using lock = await eventually(acquiring, 'it is granted');
    assert.ok(lock.held);
  });

  test('who does not wait for so long is told the address of the node, and why', async () => {
    const owner = shards.all[2] as Shard;
    const name = await shards.nameAt(owner);
    const slot = String(slotOf(`lock:${name}`));
    await using locker = await createLocker({ url: shards.url, commandTimeout: 1_500 });
    await using first = await locker.acquire(name);
    await first.release();
    // The other masters still lead there.
    await owner.client.command(
      'CLUSTER',
      'SETSLOT',
      slot,
      'MIGRATING',
      (shards.all[0] as Shard).id,
    );
    await assert.rejects(locker.acquire(name), (error) => {
      assert.ok(error instanceof RedisRefusedError, String(error));
      assert.ok(error.address.endsWith(`:${owner.server.port}`), error.address);
      return true;
    });
    await owner.client.command('CLUSTER', 'SETSLOT', slot, 'STABLE');
    await using again = await locker.acquire(name);
    assert.ok(again.held);
  });

  test('a node that joins, and one that is left without slots, are told of and used', async () => {
    const [from] = shards.all as [Shard];
    const spare = shards.all[3] as Shard;
    const name = await shards.nameAt(from);
    const moves: DiagnosticMessages['holdfast:topology'][] = [];
    const note = (message: unknown): void => void moves.push(message as (typeof moves)[number]);
    subscribe('holdfast:topology', note);
    try {
      await using locker = await createLocker({ url: shards.url });
      await using lock = await locker.acquire(name);
      for (const [source, target] of [
        [from, spare],
        [spare, from],
      ] as const) {
        const move = await shards.move(`lock:${name}`, source, target);
        await move.finish();
        await lock.renew();
        const isTold = ({ to, slots }: (typeof moves)[number]): boolean =>
          to === target.server.url && slots.includes(slotOf(`lock:${name}`));
        await until(() => moves.some(isTold), 'the move is told');
      }
      assert.deepEqual(new Set(moves.map(({ address }) => address)), new Set([shards.url]));
    } finally {
      unsubscribe('holdfast:topology', note);
    }
  });

  test('a forced release waits for a slot that is on its way, and is done once', async () => {
    const [from, to] = shards.all as [Shard, Shard];
    const name = await shards.nameAt(from);
    await using locker = await createLocker({ url: shards.url });
    const held = await locker.acquire(name);
    const refusals = await errors(from, 'TRYAGAIN');
    const move = await shards.move(`lock:${name}`, from, to);
    const forced = locker.forceRelease(name);
    // It was refused once: the lock is where it was, and its line is not there.
    await until(async () => (await errors(from, 'TRYAGAIN')) > refusals, 'it is refused');
    await move.finish();
    assert.equal(await forced, true);
    await using next = await locker.acquire(name);
    assert.ok(next.fencingToken > held.fencingToken);
    await assert.rejects(held.release(), { code: 'LOCK_LOST' });
  });

  test('scripts that the nodes have forgotten are loaded again', async () => {
    await using locker = await createLocker({ url: shards.url });
    await everywhere('SCRIPT', 'FLUSH');
    const names = Array.from({ length: 50 }, (_, place) => `forgotten:${place}`);
    const locks = await Promise.all(names.map((name) => locker.acquire(name)));
    await Promise.all(locks.map((lock) => lock.release()));
  });
});

/** How often the node has answered with this error. */
async function errors({ client }: Shard, code: string): Promise<number> {
  const stats = String(await client.command('INFO', 'errorstats'));
  return Number(new RegExp(`errorstat_${code}:count=(\\d+)`).exec(stats)?.[1] ?? 0);
}
