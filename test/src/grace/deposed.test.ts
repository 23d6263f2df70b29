/**
 * A replica is promoted that has been without what its master wrote for a second, and the master goes on:
 * whoever is connected to it knows nothing of the other one.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as elapse } from 'node:timers/promises';
import { createLocker, type Lock, type Locker } from '@holdfast/core';
import { startProxy, startRedis } from '@holdfast/support';
import { until } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';

const MAX_LAG = 1;
/** Redis counts whole seconds, and looks once in a second: it can be nearly two more. */
const LAG = (MAX_LAG + 2) * 1_000;
const TTL = 2_000;
const GRACE = { for: TTL + LAG + 2_000, lag: LAG };
/** Most of the time is spent waiting for graces. */
const TERMS = { concurrency: true, timeout: 60_000 };

interface Outcome {
  /** Granted at the master, in a write that nobody copied. */
  readonly lock: Lock;
  /** Granted at the one that was promoted. */
  readonly next: Lock;
}

function open(url: string): Promise<Locker> {
  return createLocker({ url, ttl: TTL, grace: GRACE });
}

function lost({ signal }: Lock): string {
  return String(signal.reason);
}

/**
 * Of two replicas one is promoted, and the other one stays with the master, or with nobody, if the cut
 * is before both.
 */
async function deposed(
  { least, cutFrom }: { readonly least: number; readonly cutFrom: 'one' | 'both' },
  judge: (outcome: Outcome) => void,
): Promise<void> {
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
  const { port } = cutFrom === 'both' ? link : master;
  await atSecond.command('REPLICAOF', '127.0.0.1', String(port));
  await until(
    async () =>
      /slave0:.*state=online[^]*slave1:.*state=online/.test(
        String(await atMaster.command('INFO', 'replication')),
      ),
    'both replicas are there',
  );
  await using mine = await open(master.url);
  // The first grace of this master.
  await (await mine.acquire('other')).release();
  link.hang();
  const lock = await mine.acquire('order:42');
  await elapse(1_000);
  await atReplica.command('REPLICAOF', 'NO', 'ONE');
  await atReplica.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
  await using theirs = await open(replica.url);
  assert.equal(await theirs.tryAcquire('order:42'), null);
  const next = await theirs.acquire('order:42');
  assert.ok(next.held);
  judge({ lock, next });
}

describe('a replica is promoted without the last writes, and its master goes on:', TERMS, () => {
  test('no two believe, where a write needs all replicas and lag is what it takes', () =>
    deposed({ least: 2, cutFrom: 'one' }, ({ lock, next }) => {
      assert.ok(!lock.held);
      assert.ok(next.fencingToken > lock.fencingToken);
    }));

  test('two believe, as the documents say, where it needs one of two', () =>
    deposed({ least: 1, cutFrom: 'one' }, ({ lock }) => assert.ok(lock.held, lost(lock))));

  test('two believe, as the documents say, where it needs none', () =>
    deposed({ least: 0, cutFrom: 'both' }, ({ lock }) => assert.ok(lock.held, lost(lock))));
});
