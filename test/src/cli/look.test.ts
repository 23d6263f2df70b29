/** `holdfast ls`, `show` and `watch`, as programs and pipes have them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { createLocker, type Lock, type Locker } from '@holdfast/core';
import { startProxy } from '@holdfast/support';
import { afterFirstStart } from '../grace/first-start.js';
import { oneServer } from '../redis/one-server.js';
import { type Ending, Holdfast, PROGRAM } from './holdfast.js';
import { inOneProcess } from './one-process.js';

const server = oneServer();
const call = inOneProcess();

function holdfast(...args: string[]): Promise<Ending> {
  return call(args, server.redis.url);
}

async function lines(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await holdfast(...args);
  assert.deepEqual([code, stderr], [0, '']);
  // A pipe is no terminal.
  assert.ok(!stdout.includes('\x1b'));
  return stdout.trimEnd().split('\n');
}

/** Its exit code, with the stdout that the shell gives it. */
async function codeIn(script: string): Promise<unknown> {
  const args = ['-c', script, process.execPath, PROGRAM];
  const env = { ...process.env, REDIS_URL: server.redis.url };
  const [code] = (await once(spawn('bash', args, { env, stdio: 'ignore' }), 'exit')) as unknown[];
  return code;
}

/** Locks of two owners, with a line of two. */
async function crowd(): Promise<AsyncDisposable & { readonly lock: Lock; readonly mine: Locker }> {
  const { url } = server.redis;
  const mine = await createLocker({ url, owner: 'web-1' });
  const other = await createLocker({ url, owner: 'web-2' });
  const lock = await mine.acquire('order:42');
  await mine.acquire('api', { limit: 5, weight: 2 });
  await other.acquire('api', { limit: 5 });
  const ended = new AbortController();
  for (const mode of ['exclusive', 'shared'] as const) {
    const waiting = Number(mode === 'shared');
    other.acquire('order:42', { mode, signal: ended.signal }).catch(() => {});
    await server.witness.queued('lock:order:42', waiting + 1);
  }
  return {
    lock,
    mine,
    async [Symbol.asyncDispose]() {
      ended.abort();
      await Promise.all([mine.close(), other.close()]);
    },
  };
}

test('ls has a line for each lock: how it is held, by whom, and how many wait', async () => {
  await using _ = await crowd();
  const [head = '', ...rows] = await lines('ls');
  assert.deepEqual(head.split(/\s+/), ['NAME', 'HELD', 'HOLDER', 'FOR', 'LEFT', 'WAITING']);
  assert.equal(rows.length, 2);
  assert.match(rows[0] ?? '', /^api {7}3 of 5 {5}web-\d and 1 more {2}\d\.\ds {2}2\ds {3}0$/);
  assert.match(rows[1] ?? '', /^order:42 {2}exclusive {2}web-1 +\d\.\ds {2}2\ds {3}2$/);
});

test('a full disk is 74, and a reader who leaves is no error', async () => {
  await using _ = await crowd();
  if (process.platform === 'linux') assert.equal(await codeIn('"$0" "$1" ls >/dev/full'), 74);
  assert.equal(await codeIn('set -o pipefail; "$0" "$1" ls | true'), 0);
});

test('ls takes a pattern, and has an object for each lock where a program asks', async () => {
  await using _ = await crowd();
  const found = await lines('ls', 'order:*', '--json');
  assert.equal(found.length, 1);
  const lock = JSON.parse(found[0] ?? '') as Record<string, unknown>;
  assert.deepEqual(
    [lock['name'], lock['mode'], lock['holderCount'], lock['waitingCount']],
    ['order:42', 'exclusive', 1, 2],
  );
  assert.equal((await lines('ls', '--limit', '1', '--json')).length, 1);
});

test('ls of nothing says nothing', async () => {
  assert.deepEqual(await holdfast('ls'), { code: 0, signal: null, stdout: '', stderr: '' });
});

test('show tells the holders and the line, in its order', async () => {
  await using scene = await crowd();
  const said = await lines('show', 'order:42');
  assert.equal(said[0], 'order:42  exclusive');
  assert.match(said[3] ?? '', new RegExp(`^web-1 .* ${scene.lock.fencingToken}  \\w+$`));
  assert.match(said[6] ?? '', /^1 {2}web-2 {2}\d\.\ds {2}exclusive {2}yes$/);
  assert.match(said[7] ?? '', /^2 {2}web-2 {2}\d\.\ds {2}shared {5}yes$/);
  const short = await lines('show', 'order:42', '--waiting', '1');
  assert.equal(short.at(-1), 'and 1 more');
  const json = JSON.parse((await lines('show', 'order:42', '--json')).join('\n')) as {
    readonly holders: readonly { readonly token: string }[];
  };
  assert.deepEqual(
    json.holders.map(({ token }) => token),
    [scene.lock.token],
  );
  assert.deepEqual(await lines('show', 'nobody has it'), ['nobody has it  free']);
});

test('ls, show and watch tell of a grace that runs, and do not need to be told of it', async () => {
  const { url } = server.redis;
  await using locker = await createLocker({ url, ttl: '20s', grace: '30s' });
  const ended = new AbortController();
  const waits = locker.acquire('order:42', { signal: ended.signal }).catch(() => {});
  await server.witness.queued('lock:order:42', 1);
  const [head = '', row = ''] = await lines('ls');
  assert.match(head, /WAITING {2}GRACE$/);
  assert.match(row, /^order:42 {2}free .* 2\ds$/);
  const said = await lines('show', 'order:42');
  assert.deepEqual(said.slice(0, 2), ['order:42  free', '']);
  assert.match(said[2] ?? '', /^a grace runs: nobody new gets it for 2\ds$/);
  assert.match((await lines('watch', '--count', '1'))[0] ?? '', /, a grace runs, 2\ds left$/);
  for (const command of [['ls'], ['show', 'order:42']]) {
    const { graceRemaining } = JSON.parse((await lines(...command, '--json')).join('\n')) as {
      readonly graceRemaining?: number;
    };
    assert.ok((graceRemaining ?? 0) > 20_000 && (graceRemaining ?? 0) <= 30_000);
  }
  await afterFirstStart(server.witness);
  assert.match((await lines('ls'))[0] ?? '', /WAITING$/);
  assert.doesNotMatch((await lines('show', 'order:42')).join('\n'), /grace/);
  ended.abort();
  await waits;
});

test('what others have named cannot command the terminal', async () => {
  const name = 'a\x1b]0;owned\x07\n\u202eb';
  await server.witness.command('SET', `lock:${name}`, '\x1b[2Jforeign', 'PX', '30000');
  const [, row] = await lines('ls');
  assert.match(
    row ?? '',
    /^a\\x1b]0;owned\\x07\\x0a\\u\{202e\}b +foreign +another program: \\x1b\[2Jforeign/,
  );
  assert.match((await lines('show', name))[0] ?? '', /^a\\x1b/);
  assert.match((await lines('watch', '--count', '1')).join('\n'), /\\x1b/);
});

test('watch looks again and again, and counts hand-offs', async () => {
  await using scene = await crowd();
  await using watching = Holdfast.start(
    ['watch', '--json', '--interval', '100ms', '--count', '3'],
    {
      url: server.redis.url,
    },
  );
  await watching.stdout.says(/"order:42"/);
  await scene.lock.release();
  const { code, stdout } = await watching.ended;
  assert.equal(code, 0);
  const looks = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly waiting: number; readonly handOffs?: number });
  assert.equal(looks.length, 3);
  assert.deepEqual([looks[0]?.waiting, looks.at(-1)?.waiting], [2, 1]);
  assert.equal(looks[0]?.handOffs, undefined);
  assert.ok(looks.some(({ handOffs = 0 }) => handOffs > 0));
});

test('watch outlives an outage', async () => {
  await using proxy = await startProxy({ port: server.redis.port });
  await using watching = Holdfast.start(['watch', '--interval', '50ms'], { url: proxy.url });
  await watching.stdout.says(/0 locks/);
  proxy.refuse();
  proxy.cut();
  await watching.stdout.says(/cannot be reached/);
  await proxy.heal();
  await watching.stdout.says(/cannot be reached[^]*0 locks/);
  watching.kill('SIGINT');
  assert.equal((await watching.ended).code, 0);
});

test('a look at a server that cannot be reached is 69, and one that cannot be meant 64', async () => {
  const url = 'redis://127.0.0.1:1';
  const looks = [['ls'], ['show', 'a'], ['watch'], ['release', 'a', '--force', '--yes']];
  const away = await Promise.all(looks.map((args) => call(args, url)));
  for (const { code, stdout, stderr } of away) {
    assert.deepEqual([code, stdout], [69, '']);
    assert.match(stderr, /^holdfast: Redis at redis:\/\/127\.0\.0\.1:1 cannot be reached: .*\n$/);
  }
  const mistakes = [
    ['ls', '--limit', '0'],
    ['ls', 'a', 'b'],
    ['show'],
    ['show', ''],
    ['show', 'a', '--waiting', '-1'],
    ['watch', '--interval', '1ms'],
    ['release', 'a'],
    ['release', 'a', '--force'],
  ];
  const refused = await Promise.all(mistakes.map((args) => holdfast(...args)));
  for (const [index, { code, stdout }] of refused.entries()) {
    assert.deepEqual([code, stdout], [64, ''], mistakes[index]?.join(' '));
  }
});

test('release takes the lock from its holder, and says if there was none', async () => {
  await using scene = await crowd();
  const taken = await holdfast('release', 'order:42', '--force', '--yes');
  assert.deepEqual([taken.code, taken.stdout], [0, 'order:42 was released\n']);
  await assert.rejects(scene.lock.release(), { code: 'LOCK_LOST' });
  const free = await holdfast('release', 'nothing', '--force', '--yes', '--json');
  assert.deepEqual([free.code, free.stdout], [1, '{"name":"nothing","released":false}\n']);
});
