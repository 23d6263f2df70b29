/**
 * Another master takes a part of the cluster over: because it was told to, because the former one is
 * stopped, or gone. Each happens to a part of its own.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { baseFor, type Shard, Shards } from './shards.js';

/** Far above what any of them takes: a failover is some 4 s. */
const TIMEOUT = 120_000;

/** From the first write that the new master accepts until the lock is handed on, in ms. */
const PATIENCE = 2_000;

/** A part of the cluster. */
interface Part {
  readonly master: Shard;
  readonly replica: Shard;
}

describe('another master takes over', () => {
  let shards: Shards;
  before(async () => {
    shards = await Shards.start({ nodeTimeout: 1_000 });
  });
  after(() => shards[Symbol.asyncDispose]());

  function takesOver(
    how: string,
    place: number,
    begin: (part: Part) => Promise<unknown>,
    end?: (part: Part) => void,
  ): void {
    test(how, { timeout: TIMEOUT }, async () => {
      const [master, replica] = [shards.all[place] as Shard, shards.all[place + 3] as Shard];
      const seed = { url: (shards.all[(place + 1) % 3] as Shard).server.url };
      await using holder = await createLocker(seed);
      await using waiter = await createLocker(seed);
      const name = await shards.nameAt(master);
      const held = await holder.acquire(name, { ttl: '30s' });
      await using kept = await holder.acquire(await shards.nameAt(master), { ttl: '30s' });
      const waiting = waiter.acquire(name, { waitTimeout: '30s' });
      await shards.queued(`lock:${name}`, 1);
      // What the replica has not yet is lost with its master; nothing here is about that.
      await copied(master, name);

      await begin({ master, replica });
      const releasing = held.release();
      const accepted = await firstWrite(replica, name);
      await using next = await waiting;
      const took = performance.now() - accepted;
      assert.ok(next.fencingToken > held.fencingToken);
      assert.ok(took < PATIENCE, `handed on ${took} ms after the new master's first write`);
      end?.({ master, replica });
      await releasing;
      await Promise.all([next.renew(), kept.renew()]);
    });
  }

  takesOver('by CLUSTER FAILOVER', 0, ({ replica }) =>
    replica.client.command('CLUSTER', 'FAILOVER'),
  );

  takesOver(
    'from one that is stopped, which is not believed when it goes on',
    1,
    async ({ master }) => master.server.pause(),
    ({ master }) => master.server.resume(),
  );

  takesOver('from one that is gone', 2, ({ master }) => master.server.kill());
});

/** Asked is for what the connection has written. */
async function copied({ client }: Shard, name: string): Promise<void> {
  await client.command('SET', `${baseFor(`lock:${name}`)}mark`, '1', 'PX', '1');
  assert.equal(await client.command('WAIT', '1', '5000'), 1);
}

/** Resolves with the moment at which this node accepts a write in the slot of that lock. */
async function firstWrite({ client }: Shard, name: string): Promise<number> {
  for (;;) {
    try {
      await client.command(
        'EVAL',
        "return redis.call('PEXPIRE', KEYS[1], '60000', 'GT')",
        '1',
        `lock:${name}`,
      );
      return performance.now();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
