/** `holdfast` beside lockers that have a grace: see "When the server loses its data" in docs/guarantees.md. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { startCluster } from '@holdfast/support';
import { LEAST_PRIVILEGE } from '../contract/acl.js';
import { afterFirstStart } from '../grace/first-start.js';
import { oneServer } from '../redis/one-server.js';
import { RawClient } from '../redis/raw-client.js';
import { type Ending, Holdfast } from './holdfast.js';
import { inOneProcess } from './one-process.js';

const server = oneServer();
const call = inOneProcess();
const EPOCH = 'holdfast:epoch:lock:';

function run(...args: string[]): Promise<Ending> {
  return runAt(server.redis.url, ...args);
}

function runAt(url: string, ...args: string[]): Promise<Ending> {
  return Holdfast.run(['run', 'job', '--no-wait', ...args, '--', 'echo', 'ran'], { url });
}

/** A service that has the usual lease, and a grace that is over. */
async function fleet() {
  const locker = await createLocker({ url: server.redis.url, grace: '45s' });
  await afterFirstStart(server.witness);
  return locker;
}

test('who has no grace is refused beside those who have one, before anything is taken', async () => {
  await using locker = await fleet();
  await using lock = await locker.acquire('order:42');
  const record = await server.witness.command('GET', EPOCH);
  const ran = await run();
  assert.deepEqual([ran.code, ran.stdout], [78, '']);
  assert.match(
    ran.stderr,
    /^holdfast: the lockers with the prefix 'lock:' at redis:\S+ have a grace of 45s, /,
  );
  assert.match(
    ran.stderr,
    /Nothing was done\. Give --grace 45s, and .* delete holdfast:epoch:lock:\.\n$/,
  );
  const forced = await call(['release', 'order:42', '--force', '--yes'], server.redis.url);
  assert.deepEqual([forced.code, forced.stdout], [78, '']);
  assert.match(forced.stderr, /Give --grace 45s,/);
  assert.ok(lock.held);
  assert.deepEqual(await server.witness.command('KEYS', 'lock:*'), ['lock:order:42']);
  assert.equal(await server.witness.command('GET', EPOCH), record);
  // Others do not concern it.
  assert.equal((await run('--prefix', 'other:')).stdout, 'ran\n');
});

test('after a loss of data nobody gets by --grace what is still held', async () => {
  await using locker = await fleet();
  await using lock = await locker.acquire('job');
  await server.witness.command('FLUSHALL');
  const lost = await run('--grace', '45s');
  assert.deepEqual([lost.code, lost.stdout], [75, '']);
  assert.match(
    lost.stderr,
    /has lost its data, or was started anew, and grants nothing for another/,
  );
  assert.ok(lock.held);
  await lock.release();
  await afterFirstStart(server.witness);
  const found = await run('--grace', '45s', '--grace-lag', '10s');
  assert.deepEqual([found.code, found.stdout, found.stderr], [0, 'ran\n', '']);
});

test('a lease that is too long for others, and a grace that is too short for them, are refused', async () => {
  await using _ = await fleet();
  const record = await server.witness.command('GET', EPOCH);
  const shorter = await run('--ttl', '1s', '--grace', '10s');
  assert.deepEqual([shorter.code, shorter.stdout], [78, '']);
  assert.match(
    shorter.stderr,
    /^holdfast: --grace 10s: the lockers .* have 45s, .* Give --grace 45s,/,
  );
  const longer = await run('--ttl', '1m', '--grace', '62s');
  assert.deepEqual([longer.code, longer.stdout], [78, '']);
  assert.match(longer.stderr, /somebody has 45000 ms, and this ttl needs 62000 ms/);
  assert.equal(await server.witness.command('GET', EPOCH), record);
});

test('what to give is told as far as it is known', async () => {
  await server.witness.command('SET', EPOCH, `${'a'.repeat(40)} 1 7500 1 ${'a'.repeat(40)}`);
  assert.match((await run()).stderr, /Give --grace 7500ms and --ttl 5500ms or less, and/);
  await server.witness.command('SET', EPOCH, 'of a later version');
  const unknown = await run();
  assert.equal(unknown.code, 78);
  assert.match(unknown.stderr, / have a grace, and .* Give --grace, and --grace-lag, as they do\./);
});

test('who may not look for a grace goes on', async () => {
  await using _ = await fleet();
  const keys = ['clock', 'queue:*', 'room:*', 'leases:*'].map((key) => `~holdfast:${key}`);
  const rights = [
    ...LEAST_PRIVILEGE.split(' ').filter((right) => right !== '~holdfast:*'),
    ...keys,
  ];
  await server.witness.command('ACL', 'SETUSER', 'worker', 'reset', 'on', '>secret', ...rights);
  const url = server.redis.url.replace('//', '//worker:secret@');
  const { code, stdout, stderr } = await run('--url', url);
  assert.deepEqual([code, stdout, stderr], [0, 'ran\n', '']);
});

test('what cannot be meant by a grace is 64, and says what could be', async () => {
  const cases: [string[], RegExp][] = [
    [['--grace', '45'], /--grace: '45' has no unit/],
    [['--grace', 'long'], /--grace: 'long' is not a duration/],
    [['--grace', '45s', '--grace-lag', '-1s'], /--grace-lag: /],
    [['--grace-lag', '10s'], /part of a --grace/],
    [
      ['--grace', '45s', '--grace-lag', '15s'],
      /--grace 45s: a --ttl of 30s needs 47s, .* ttl \+ lag \+ 2s/,
    ],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await call(
      ['run', 'job', ...args, '--', 'true'],
      'redis://127.0.0.1:1',
    );
    assert.equal(code, 64, args.join(' '));
    assert.match(stderr, expected);
  }
});

test('a lock that is taken by force during a grace goes to nobody before it is over', async () => {
  await using locker = await fleet();
  await using lock = await locker.acquire('order:42');
  const ended = new AbortController();
  const waits = locker.acquire('order:42', { signal: ended.signal }).catch(() => 'nothing');
  await server.witness.queued('lock:order:42', 1);
  // As after a restart that has kept all.
  const [, ...parts] = String(await server.witness.command('GET', EPOCH)).split(' ');
  await server.witness.command(
    'SET',
    EPOCH,
    ['0'.repeat(40), ...parts.slice(0, 3), '0'.repeat(40)].join(' '),
  );
  const args = ['release', 'order:42', '--force', '--yes', '--grace', '45s'];
  const { code, stdout, stderr } = await call(args, server.redis.url);
  assert.deepEqual([code, stdout], [0, 'order:42 was released\n']);
  assert.match(stderr, /a grace runs: nobody new gets it for another [\d.]+s\./);
  assert.equal(await server.witness.command('EXISTS', 'lock:order:42'), 0);
  await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
  ended.abort();
  assert.equal(await waits, 'nothing');
});

test('in a cluster a grace is seen by each of its nodes', { timeout: 120_000 }, async () => {
  await using cluster = await startCluster({ masters: 2, replicas: 0 });
  const urls = cluster.nodes.map(({ url }) => url);
  const [first = '', second = ''] = urls;
  await using one = await RawClient.open(first);
  await using other = await RawClient.open(second);
  for (const url of urls) assert.equal((await runAt(url)).stdout, 'ran\n');
  await using _ = await createLocker({ url: cluster.url, grace: '45s' });
  await afterFirstStart(one, other);
  for (const url of urls) {
    const { code, stderr } = await runAt(url);
    assert.equal(code, 78);
    assert.match(stderr, /Give --grace 45s, .* delete holdfast:\{\*\}:epoch:lock: in all slots\./);
    assert.equal((await runAt(url, '--grace', '45s')).stdout, 'ran\n');
  }
});
