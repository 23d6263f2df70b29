/** `holdfast doctor`, before real servers that are set in the ways that it warns of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { type RedisServer, startCluster, startProxy, startRedis } from '@holdfast/support';
import { LEAST_PRIVILEGE, LEAST_PRIVILEGE_IN_A_CLUSTER } from '../contract/acl.js';
import { until } from '../contract/patience.js';
import { afterFirstStart } from '../grace/first-start.js';
import { oneServer } from '../redis/one-server.js';
import { RawClient } from '../redis/raw-client.js';
import { Holdfast } from './holdfast.js';
import { inOneProcess } from './one-process.js';

const server = oneServer();
const call = inOneProcess();

interface Finding {
  readonly check: string;
  readonly level: string;
  readonly what: string;
  readonly advice?: string;
}

interface Examined {
  readonly code: number | null;
  readonly findings: readonly Finding[];
}

async function examine(url = server.redis.url, ...args: string[]): Promise<Examined> {
  const { code, stdout, stderr } = await call(['doctor', '--json', ...args], url);
  assert.equal(stderr, '');
  return { code, findings: (JSON.parse(stdout) as Examined).findings };
}

/** Every finding that is not good has an advice. */
function assertFound({ findings }: Examined, check: string, level: string, what: RegExp): void {
  const found = findings.filter((finding) => finding.check === check && finding.level === level);
  assert.ok(
    found.some((finding) => what.test(finding.what)),
    JSON.stringify(findings),
  );
  if (level !== 'good') for (const { advice } of found) assert.ok(advice);
}

/** Settings for the time of a test. */
async function set(...settings: string[]): Promise<AsyncDisposable> {
  const names = settings.filter((_, index) => index % 2 === 0);
  const before = (await server.witness.command('CONFIG', 'GET', ...names)) as string[];
  await server.witness.command('CONFIG', 'SET', ...settings);
  return {
    async [Symbol.asyncDispose]() {
      await server.witness.command('CONFIG', 'SET', ...before);
    },
  };
}

test('a server that is made for locks has nothing to be said of', async () => {
  await using _ = await set('appendonly', 'yes', 'appendfsync', 'always');
  const examined = await examine();
  assert.equal(examined.code, 0);
  const levels = new Set(examined.findings.map(({ level }) => level));
  assert.deepEqual([...levels], ['good']);
});

test('people see a mark, and what to do', async () => {
  const { code, stdout } = await Holdfast.run(['doctor'], { url: server.redis.url });
  assert.equal(code, 0);
  assert.match(stdout, /^redis:\/\/127\.0\.0\.1:\d+ {2}(Redis|Valkey) \d/);
  assert.match(stdout, /^✔ serving +locks can be taken here$/m);
  assert.match(stdout, /^! persistence +a restart .*\n +→ CONFIG SET appendonly yes/m);
});

test('eviction is a danger where there is a maxmemory, and only there', async () => {
  {
    await using _ = await set('maxmemory-policy', 'allkeys-lru');
    assertFound(await examine(), 'eviction', 'good', /no maxmemory/);
  }
  await using _ = await set('maxmemory-policy', 'volatile-ttl', 'maxmemory', '100mb');
  const examined = await examine();
  assert.equal(examined.code, 1);
  assertFound(examined, 'eviction', 'danger', /the policy is volatile-ttl/);
});

test('what a restart forgets is a warning', async () => {
  assertFound(await examine(), 'persistence', 'warning', /no append-only file/);
  await using _ = await set('appendonly', 'yes', 'appendfsync', 'everysec');
  assertFound(await examine(), 'persistence', 'warning', /the last second: appendfsync everysec/);
});

test('a failover that loses grants is a warning, and missing replicas a danger', async () => {
  const { port } = server.redis;
  await server.witness.command('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
  await using replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(port)] });
  await until(
    async () => /state=online/.test(String(await server.witness.command('INFO', 'replication'))),
    'the replica is there',
  );
  assertFound(await examine(), 'replication', 'warning', /goes on granting/);
  {
    await using _ = await set('min-replicas-to-write', '1');
    assertFound(await examine(), 'replication', 'good', /writes need 1 of 1/);
  }
  {
    await using _ = await set('min-replicas-to-write', '2');
    const examined = await examine();
    assert.equal(examined.code, 1);
    assertFound(examined, 'replication', 'danger', /1 of the 2 replicas/);
  }
  const wrong = await examine(replica.url);
  assert.equal(wrong.code, 1);
  assertFound(wrong, 'serving', 'danger', /it is a replica/);
});

test('a grace is a warning as long as it runs, and when it is due', async () => {
  const { url } = server.redis;
  assert.ok((await examine()).findings.every(({ check }) => check !== 'grace'));
  await using locker = await createLocker({ url, ttl: '20s', grace: '30s' });
  const running = await examine();
  assert.equal(running.code, 0);
  assertFound(running, 'grace', 'warning', /a grace runs, 2\ds left: nothing new is granted/);
  const blind = await examine(await allow(LEAST_PRIVILEGE.split(' ')));
  assertFound(blind, 'grace', 'unknown', /may not ask whose data it is/);
  await afterFirstStart(server.witness);
  assertFound(await examine(), 'grace', 'good', /no grace runs/);
  const key = 'holdfast:epoch:lock:';
  const epoch = String(await server.witness.command('GET', key)).split(' ');
  const [, , shortest = '', began = ''] = epoch;
  const lasted = [Number(began) + 30_000, shortest, began].join(' ');
  await server.witness.command('SET', key, `${'0'.repeat(40)} ${lasted} ${'0'.repeat(40)}`);
  assertFound(await examine(), 'grace', 'warning', /a grace of 30s begins with the next call/);
  assert.equal(await locker.tryAcquire('order:42'), null);
  assertFound(await examine(), 'grace', 'warning', /a grace runs, [23]\ds left/);
});

test('a node of a cluster tells of the graces of its slots', async () => {
  await using cluster = await startCluster({ masters: 2, replicas: 0 });
  await using witness = await RawClient.open(cluster.url);
  await using _ = await createLocker({ url: cluster.url, ttl: '5m', grace: '10m' });
  const running = await examine(cluster.url);
  assertFound(running, 'grace', 'warning', /a grace runs in 8192 of 8192 slots, [89]m \d+s left/);
  assert.equal(running.code, 0);
  // What comes to a master that has lost data is to stay open.
  await using other = await RawClient.open((cluster.nodes[1] as RedisServer).url);
  const id = String(await other.command('CLUSTER', 'MYID'));
  await witness.command('CLUSTER', 'SETSLOT', '16383', 'IMPORTING', id);
  const moving = await examine(cluster.url);
  assert.equal(moving.code, 1);
  assertFound(moving, 'grace', 'danger', /1 slot on the way to or from this master while a grace/);
  await afterFirstStart(witness);
  assertFound(await examine(cluster.url), 'grace', 'good', /no grace runs/);
});

/** The URL of a user that has these rights and no others. */
async function allow(rights: readonly string[]): Promise<string> {
  await server.witness.command('ACL', 'SETUSER', 'worker', 'reset', 'on', '>secret', ...rights);
  return server.redis.url.replace('//', '//worker:secret@');
}

test('the rights that the README lists are enough, and what is missing is named', async () => {
  const rights = LEAST_PRIVILEGE.split(' ');
  const enough = await examine(await allow(rights));
  assert.equal(enough.code, 0);
  assertFound(enough, 'rights', 'good', /all that locks need/);
  assertFound(enough, 'settings', 'unknown', /may not ask/);
  const missing = new Set(['+pexpireat', '~lock:*']);
  const less = await examine(await allow(rights.filter((right) => !missing.has(right))));
  assert.equal(less.code, 1);
  assertFound(less, 'rights', 'danger', /do \+pexpireat on holdfast:\*/);
  const [, lacking] = less.findings.filter(({ check }) => check === 'rights');
  assert.match(lacking?.advice ?? '', /~lock:\*/);
});

test('every right that locks need is asked for', async () => {
  const rights = LEAST_PRIVILEGE.split(' ').filter((right) => right.startsWith('+'));
  // To run scripts, and to look.
  const others = new Set(['+evalsha', '+script|load', '+scan', '+zcount']);
  const { findings } = await examine(await allow(['~*', '&*', '+evalsha', '+script|load']));
  const named = findings.find(({ check }) => check === 'rights')?.what.match(/\+[\w|]+/g);
  assert.deepEqual(named?.toSorted(), rights.filter((right) => !others.has(right)).toSorted());
});

test('a node of a cluster asks for the rights that a cluster needs', async () => {
  await using cluster = await startCluster({ masters: 1, replicas: 0 });
  const url = cluster.url.replace('//', '//worker:secret@');
  await using witness = await RawClient.open(cluster.url);
  for (const [rights, level, what] of [
    [LEAST_PRIVILEGE_IN_A_CLUSTER, 'good', /all that locks need/],
    [
      LEAST_PRIVILEGE,
      'danger',
      /ssubscribe \+spublish .*\+cluster\|slots \+cluster\|myid \+asking/,
    ],
  ] as const) {
    const args = ['reset', 'on', '>secret', ...rights.split(' ')];
    await witness.command('ACL', 'SETUSER', 'worker', ...args);
    const examined = await examine(url);
    assertFound(examined, 'rights', level, what);
    const { advice } = examined.findings.find(({ check }) => check === 'rights') ?? {};
    if (level === 'danger') assert.match(advice ?? '', /&holdfast:\{\*\}:wake:\*/);
  }
});

test('keys that can be no locks are a danger, under this prefix alone', async () => {
  await server.witness.command('HSET', 'lock:cart', 'apples', '3');
  await server.witness.command('RPUSH', 'lock:[1]', 'x');
  const examined = await examine();
  assert.equal(examined.code, 1);
  assertFound(examined, 'keys', 'danger', /2 keys under lock: .*lock:cart \(hash\)/);
  assertFound(await examine(undefined, '--prefix', 'lock:['), 'keys', 'danger', /1 key under/);
  assertFound(await examine(undefined, '--prefix', 'app:'), 'keys', 'good', /nothing but locks/);
});

test('a lock without expiry, and waiters that are gone, are warnings', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using _ = await locker.acquire('order:42');
  await server.witness.command('SET', 'lock:old', 'by another program');
  const line = 'holdfast:queue:lock:order:42';
  await server.witness.command('ZADD', line, '1700000000000000', 'gone/1 30000');
  await server.witness.command('PEXPIRE', line, '30000');
  const examined = await examine();
  assert.equal(examined.code, 0);
  assertFound(examined, 'locks', 'warning', /1 lock without expiry.*: old/);
  assertFound(
    examined,
    'locks',
    'warning',
    /1 line with waiters that are gone: order:42 \(1 of 1\)/,
  );
});

test('a clock that differs, and a long way, are warnings', async () => {
  await using proxy = await startProxy({ port: server.redis.port });
  proxy.rewrite((chunk, direction) => {
    if (direction === 'up') return chunk;
    const text = chunk.toString('latin1');
    // The answer to TIME: seconds and microseconds.
    const late = text.replace(/^\*2\r\n\$10\r\n1/, '*2\r\n$10\r\n2');
    return Buffer.from(late, 'latin1');
  });
  assertFound(await examine(proxy.url), 'clock', 'warning', /s apart/);
  await proxy.heal();
  proxy.delay(30);
  assertFound(await examine(proxy.url), 'latency', 'warning', /ms there and back/);
});
