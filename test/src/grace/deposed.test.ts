/**
 * A replica is promoted that has been without what its master wrote, and the master goes on: whoever is
 * connected to it knows nothing of the other one.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as elapse } from 'node:timers/promises';
import { createLocker, type Lock, type Locker } from '@holdfast/core';
import { type RedisServer, startProxy, startRedis, type TcpProxy } from '@holdfast/support';
import { until } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';

const MAX_LAG = 1;
/** Redis counts whole seconds: it can be nearly one more. */
const LAG = (MAX_LAG + 1) * 1_000;
const TTL = 4_000;
const GRACE = { for: TTL + LAG + 2_000, lag: LAG };
/** Most of the time is spent waiting for graces. */
const TERMS = { concurrency: true, timeout: 300_000 };

interface Scene {
  readonly master: RedisServer;
  /** At the master, which serves it for longer than a grace. */
  readonly mine: Locker;
  /** Of the replica that is promoted. */
  readonly link: TcpProxy;
  /** Promotes it, and asks it for locks. */
  readonly promote: () => Promise<Locker>;
}

/** `least`: how many of two replicas a write needs. */
async function staged(least: number, play: (scene: Scene) => Promise<void>): Promise<void> {
  const args = [
    ['--repl-diskless-sync-delay', '0', '--min-replicas-to-write', String(least)],
    ['--min-replicas-max-lag', String(MAX_LAG)],
  ].flat();
  await using master = await startRedis({ args });
  await using replica = await startRedis({ args });
  await using second = await startRedis({ args });
  await using link = await startProxy({ port: master.port });
  await using atMaster = await RawClient.open(master.url);
  await using atReplica = await RawClient.open(replica.url);
  await using atSecond = await RawClient.open(second.url);
  await atReplica.command('REPLICAOF', '127.0.0.1', String(link.port));
  await atSecond.command('REPLICAOF', '127.0.0.1', String(master.port));
  await until(async () => {
    const facts = String(await atMaster.command('INFO', 'replication'));
    return /slave0:.*state=online[^]*slave1:.*state=online/.test(facts);
  }, 'both replicas are there');
  await using mine = await open(master.url);
  await mine.using('another', () => {});
  const theirs: Locker[] = [];
  const promote = async (): Promise<Locker> => {
    await atReplica.command('REPLICAOF', 'NO', 'ONE');
    await atReplica.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
    const locker = await open(replica.url);
    theirs.push(locker);
    return locker;
  };
  try {
    await play({ master, mine, link, promote });
  } finally {
    for (const locker of theirs) await locker.close();
  }
}

function open(url: string): Promise<Locker> {
  return createLocker({ url, ttl: TTL, grace: GRACE, commandTimeout: TTL });
}

/** Between the cut and the moment at which the master notices it. */
async function acquireUncopied(mine: Locker, link: TcpProxy): Promise<Lock> {
  for (;;) {
    await mine.using('another', () => {});
    link.hang();
    try {
      return await mine.acquire('order:42');
    } catch {
      // We were too slow.
      await link.heal();
    }
  }
}

/** `lock`: granted in a write that was held back. `next`: at the one that was promoted. */
function deposed(least: number, judge: (lock: Lock, next: Lock) => void): Promise<void> {
  return staged(least, async ({ mine, link, promote }) => {
    const lock = await acquireUncopied(mine, link);
    await elapse(1_000);
    const theirs = await promote();
    assert.equal(await theirs.tryAcquire('order:42'), null);
    const next = await theirs.acquire('order:42');
    assert.ok(next.held);
    judge(lock, next);
  });
}

function assertStillHeld({ held, signal }: Lock): void {
  assert.ok(held, String(signal.reason));
}

describe('a replica is promoted without the last writes, and its master goes on:', TERMS, () => {
  test('no two believe, where a write needs all replicas and lag is what it takes', () =>
    deposed(2, (lock, next) => {
      assert.ok(!lock.held);
      assert.ok(next.fencingToken > lock.fencingToken);
    }));

  // As the documents say.
  test('two believe, where a write needs one of two', () => deposed(1, assertStillHeld));
  test('two believe, where a write needs none', () => deposed(0, assertStillHeld));

  test('nothing is granted by a master that stood still meanwhile, before it looks for its replicas', () =>
    staged(2, async ({ master, mine, link }) => {
      link.hang();
      master.pause();
      await elapse(LAG + 2_000);
      const late = mine.tryAcquire('order:42');
      await elapse(100);
      master.resume();
      await assert.rejects(late);
    }));
});
