/** `holdfast run`, as a script or a service runs it: without a terminal. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLocker, type LockJSON, type LockSetJSON } from '@holdfast/core';
import { oneServer } from '../redis/one-server.js';
import { type Ending, Holdfast } from './holdfast.js';
import { inOneProcess } from './one-process.js';
import { PRINT_ENVIRONMENT } from './scripts.js';

const server = oneServer();
const call = inOneProcess();

function run(...args: string[]): Promise<Ending> {
  return Holdfast.run(['run', ...args], { url: server.redis.url });
}

function start(...args: string[]): Holdfast {
  return Holdfast.start(['run', ...args], { url: server.redis.url });
}

test('the exit code of the command passes through', async () => {
  const endings = await Promise.all([
    run('job', '--', 'true'),
    run('job', '--', 'sh', '-c', 'exit 7'),
    run('job', '--', 'sh', '-c', 'exit 255'),
  ]);
  assert.deepEqual(
    endings.map(({ code, stderr }) => [code, stderr]),
    [
      [0, ''],
      [7, ''],
      [255, ''],
    ],
  );
});

test('a command that a signal ended comes out as a shell writes it', async () => {
  assert.equal((await run('job', '--', 'sh', '-c', 'kill -TERM $$')).code, 128 + 15);
});

test('what cannot be run has the exit codes of a shell, and leaves no lock', async () => {
  const endings = await Promise.all([run('a', '--', './nothing-here'), run('b', '--', '/')]);
  assert.deepEqual(
    endings.map(({ code }) => code),
    [127, 126],
  );
  assert.deepEqual(await server.witness.command('KEYS', 'lock:*'), []);
});

test('arguments, stdin, stdout and stderr are those of the command', async () => {
  await using holdfast = start(
    'job',
    '--',
    'sh',
    '-c',
    'cat; echo "$@" >&2',
    'sh',
    '--',
    '-n',
    'a b',
  );
  const text = 'line\n'.repeat(100_000);
  holdfast.write(text);
  const { code, stdout, stderr } = await holdfast.ended;
  assert.equal(code, 0);
  assert.equal(stdout, text);
  assert.equal(stderr, '-- -n a b\n');
});

test('the lock is held while the command runs, and given back when it has ended', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using holdfast = start('order:42', '--owner', 'nightly', '--', 'sh', '-c', 'echo up; cat');
  await holdfast.stdout.says(/up/);
  assert.equal(await locker.tryAcquire('order:42'), null);
  const next = locker.acquire('order:42');
  await server.witness.queued('lock:order:42', 1);
  holdfast.write('');
  assert.equal((await holdfast.ended).code, 0);
  await (await next).release();
});

test('a lock that is renewed outlives its ttl by far', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using holdfast = start('job', '--ttl', '900ms', '--', 'sh', '-c', 'echo up; cat');
  await holdfast.stdout.says(/up/);
  await assert.rejects(locker.acquire('job', { waitTimeout: 5_600 }), { code: 'ACQUIRE_TIMEOUT' });
  holdfast.write('');
  assert.equal((await holdfast.ended).code, 0);
});

test('busy is 75, or what -E says, and names the holder, or nothing with --quiet', async () => {
  await using locker = await createLocker({ url: server.redis.url, owner: 'web-3:4711' });
  await using _ = await locker.acquire('job');
  const endings = await Promise.all([
    run('job', '--no-wait', '--', 'true'),
    run('job', '--wait', '30ms', '--', 'true'),
    run('job', '-n', '-E', '9', '--', 'true'),
    run('job', '-n', '-q', '--', 'true'),
  ]);
  assert.deepEqual(
    endings.map(({ code }) => code),
    [75, 75, 9, 75],
  );
  assert.match(endings[0]?.stderr ?? '', /^holdfast: Lock "job" is busy: .*web-3:4711.*\n$/);
  assert.equal(endings[3]?.stderr, '');
});

test('who waits stands in line, and runs when the lock is handed over', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  const lock = await locker.acquire('job');
  await using first = start('job', '--', 'echo', 'ran');
  await server.witness.queued('lock:job', 1);
  assert.equal(first.stdout.text, '');
  await lock.release();
  assert.deepEqual(await first.ended, { code: 0, signal: null, stdout: 'ran\n', stderr: '' });
});

test('a job of a moment keeps its lock from a machine that begins later', async () => {
  const job = ['job', '--no-wait', '--hold-at-least', '1m', '--', 'true'];
  assert.equal((await run(...job)).code, 0);
  assert.equal((await run(...job)).code, 75);
  const left = Number(await server.witness.command('PTTL', 'lock:job'));
  assert.ok(left > 30_000 && left < 65_000);
});

test('a lock is shared by readers, and has as many holders as its limit', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using _ = await locker.acquire('report', { mode: 'shared' });
  await using permit = await locker.acquire('api', { limit: 3, weight: 2 });
  assert.equal(permit.weight, 2);
  const endings = await Promise.all([
    run('report', '-n', '--shared', '--', 'true'),
    run('report', '-n', '--', 'true'),
    run('api', '-n', '--limit', '3', '--', 'true'),
    run('api', '-n', '--limit', '3', '--weight', '2', '--', 'true'),
  ]);
  assert.deepEqual(
    endings.map(({ code }) => code),
    [0, 75, 0, 75],
  );
});

test('several names are taken as one, or not at all', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  {
    await using _ = await locker.acquire('account:2');
    assert.equal((await run('account:1', 'account:2', '-n', '--', 'true')).code, 75);
  }
  const { code, stdout } = await run('account:2', 'account:1', '--', ...PRINT_ENVIRONMENT);
  assert.equal(code, 0);
  const { names, tokens, json } = JSON.parse(stdout) as Record<string, string>;
  assert.equal(names, 'account:2\naccount:1');
  const { locks } = JSON.parse(json ?? '') as LockSetJSON;
  assert.deepEqual(
    locks.map(({ name }) => name),
    ['account:2', 'account:1'],
  );
  assert.equal(tokens, locks.map(({ fencingToken }) => fencingToken).join('\n'));
});

test('the command knows its lock, and can take part in it', async () => {
  const adopt = fileURLToPath(new URL('./adopt.js', import.meta.url));
  const { code, stdout, stderr } = await run('order:42', '--', process.execPath, adopt);
  assert.equal(stderr, '');
  const { name, fencingToken, adopted } = JSON.parse(stdout) as Record<string, string>;
  const { fencingToken: token } = JSON.parse(adopted ?? '') as LockJSON;
  assert.deepEqual([name, fencingToken], ['order:42', String(token)]);
  assert.equal(code, 0);
  assert.deepEqual(await server.witness.command('KEYS', 'lock:*'), []);
});

test('a prefix, and an odd name, are what applications have', async () => {
  await using locker = await createLocker({ url: server.redis.url, keyPrefix: 'app:' });
  const name = `it's "odd" {1} ümlaut\n$HOME`;
  await using _ = await locker.acquire(name);
  const ending = await run(name, '--prefix', 'app:', '-n', '--', 'true');
  assert.equal(ending.code, 75);
  // What others have named cannot forge a line of ours.
  assert.equal(ending.stderr.split('\n').length, 2);
});

test('Redis that cannot be reached is 69, before the command runs', async () => {
  const url = 'redis://127.0.0.1:1';
  const { code, stdout, stderr } = await Holdfast.run(['run', 'job', '--', 'echo', 'ran'], { url });
  assert.deepEqual([code, stdout], [69, '']);
  assert.match(stderr, /^holdfast: Redis at redis:\/\/127\.0\.0\.1:1 cannot be reached: /);
});

test('what cannot be meant is 64, and says what could be', async () => {
  const cases: [string[], RegExp][] = [
    [['run', 'job'], /behind two dashes/],
    [['run', 'job', '--'], /behind two dashes/],
    [['run', '--', 'true'], /missing required argument 'name'/],
    [['run', '', '--', 'true'], /must not be empty/],
    [['run', 'job', '--bogus', '--', 'true'], /unknown option '--bogus'/],
    [['run', 'job', '--ttl', '5', '--', 'true'], /--ttl: '5' has no unit/],
    [['run', 'job', '--ttl', '1ms', '--', 'true'], /--ttl: '1ms' is out of range/],
    [['run', 'job', '--wait', 'soon', '--', 'true'], /--wait: 'soon' is not a duration/],
    [['run', 'job', '--limit', '0', '--', 'true'], /limit: 0 /],
    [['run', 'job', '--limit', '-1', '--', 'true'], /'-1' is not a whole number/],
    [['run', 'job', '--weight', '2', '--', 'true'], /part of a --limit/],
    [['run', 'job', '--shared', '--limit', '2', '--', 'true'], /give only one/],
    [['run', 'job', '--on-lost', 'pray', '--', 'true'], /Allowed choices are term, kill, ignore/],
    [['run', 'job', '-E', '256', '--', 'true'], /above 255/],
    [['run', 'job', 'job', '--', 'true'], /twice|more than once/],
    [['run', 'job', '--url', 'http://x', '--', 'true'], /protocol is not one of Redis/],
    [['run', 'job', '--tls-ca', '/nothing', '--', 'true'], /begins with rediss:/],
    [[], /Usage: holdfast/],
    [['rum'], /unknown command 'rum'[^]*Did you mean run/],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout, stderr } = await call(args, server.redis.url);
    assert.deepEqual([code, stdout], [64, ''], args.join(' '));
    assert.match(stderr, expected, args.join(' '));
  }
});

test('a mistake is an exit code of the process, too', async () => {
  const { code, stdout, stderr } = await run('job', '--ttl', '5', '--', 'true');
  assert.deepEqual([code, stdout], [64, '']);
  assert.match(stderr, /^holdfast: --ttl: '5' has no unit/);
});

test('a server that may not be used, or not so, has a code of its own', async () => {
  await server.witness.command('HSET', 'lock:cart', 'apples', '3');
  assert.equal((await run('cart', '--', 'true')).code, 65);
  await server.witness.command('ACL', 'SETUSER', 'guest', 'reset', 'on', '>secret');
  const url = server.redis.url.replace('//', '//guest:secret@');
  const { code, stderr } = await Holdfast.run(['run', 'job', '--', 'true'], { url });
  assert.equal(code, 77);
  assert.match(stderr, /refused/);
  assert.doesNotMatch(stderr, /secret/);
});

test('the version is that of the package', async () => {
  const manifest = new URL('../../../packages/cli/package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version: string };
  assert.equal((await Holdfast.run(['--version'])).stdout, `${version}\n`);
});
