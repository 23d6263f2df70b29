/** Another server takes over, which has not got all that was written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Locker } from '@holdfast/core';
import { type RedisServer, startSentinels } from '@holdfast/support';
import { told } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';
import { placeOf } from '../sentinel/place.js';
import { afterFirstStart } from './first-start.js';

/** Far above what it takes: a failover is some 2 s, and the grace some more. */
const LONG = { timeout: 300_000 };

test('sentinels promote one that has lost a lock, which its holder reclaims', LONG, async () => {
  await using group = await startSentinels();
  const [master, replica] = group.servers as [RedisServer, RedisServer];
  const open = (): Promise<Locker> =>
    createLocker({ ...placeOf(group), ttl: '10s', grace: '12.1s' });
  await using mine = await open();
  await using other = await open();
  await mine.tryAcquire('order:41');
  await using follower = await RawClient.open(replica.url);
  await using leader = await RawClient.open(master.url);
  await afterFirstStart(leader);
  await using held = await mine.acquire('order:42', { waitTimeout: '20s' });
  const { token, fencingToken } = held;
  // WAIT is for what its own connection has written.
  await leader.command('SET', 'mark', '1', 'PX', '1');
  // From now on it is as if the replica had never got the last write.
  assert.equal(await leader.command('WAIT', '1', '5000'), 1);
  await follower.command('CONFIG', 'SET', 'replica-read-only', 'no');
  assert.equal(await follower.command('DEL', 'lock:order:42'), 1);

  const began = told('holdfast:grace', ({ state, address }) => {
    return state === 'began' && address === replica.url;
  }).then((event) => 'remaining' in event && performance.now() + event.remaining);
  const reclaimed = told('holdfast:grace', ({ state }) => state === 'reclaimed');
  await master.kill();
  const newcomer = other.acquire('order:43', { waitTimeout: '60s' });
  await reclaimed;
  assert.equal(await follower.command('GET', 'lock:order:42'), `${token} ${fencingToken}`);
  const over = await began;
  await using lock = await newcomer;
  assert.ok(performance.now() >= Number(over) - 100, 'not before the grace is over');
  assert.ok(lock.fencingToken > fencingToken);
  assert.ok(held.held && !held.signal.aborted);
});
