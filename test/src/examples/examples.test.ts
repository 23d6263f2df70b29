import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RedisServer, startRedis } from '@holdfast/support';

const execute = promisify(execFile);
const EXAMPLES = new URL('../../../examples/', import.meta.url);

/** For one example, in ms; far above what any takes. */
const LIMIT = 20_000;

let redis: RedisServer;
before(async () => {
  redis = await startRedis();
});
after(() => redis[Symbol.asyncDispose]());

/** What an example says, line by line. */
async function run(path: string): Promise<string[]> {
  const env = { ...process.env, REDIS_URL: redis.url };
  const script = fileURLToPath(new URL(path, EXAMPLES));
  const { stdout } = await execute(process.execPath, [script], { env, timeout: LIMIT });
  return stdout.trimEnd().split('\n');
}

test('standard decorators', async () => {
  const lines = await run('dist/standard/main.js');
  const tokens = lines.slice(0, 5).map((line, index) => {
    const [, id, token] = /^order (\d) reserved under token (\d+)$/.exec(line) ?? [];
    assert.equal(id, String(index));
    return token;
  });
  assert.equal(new Set(tokens).size, 5);
  assert.deepEqual(lines.slice(5), ['counted: 5, skipped', '5 bookings under report']);
});

test('experimentalDecorators with @LockKey', async () => {
  assert.deepEqual(await run('legacy/dist/main.js'), [
    'sent under mail:north:c%3A7:welcome: Welcome',
    'c:7 has this already',
    'sent under mail:north:c%3A7:your%20invoice: Your invoice',
  ]);
});

test('a database that refuses older fencing tokens', async () => {
  const [engine, ...lines] = await run('dist/fencing/main.js');
  assert.match(engine ?? '', /^database: (node:sqlite|sql\.js)$/);
  assert.deepEqual(lines, [
    'a deposit in time: 10',
    'another deposit: 11',
    'the late deposit was refused',
    'balance: 11',
  ]);
});

test('code for the lock manager of the platform', async () => {
  const lines = await run('dist/web-locks/main.js');
  assert.deepEqual(lines, [
    'read: b, a',
    'readers: 2',
    'not now',
    'tidied',
    'AbortError',
    'exclusive again',
  ]);
});

test('a lock that is handed to another process', async () => {
  const lines = await run('dist/hand-over/main.js');
  assert.deepEqual(lines, [
    'acquired, and half of the work done',
    'adopted, and the other half done',
    'the delegate worked under the same fencing token',
    'the lock was given back',
  ]);
});

test('a lock that an operator looks at, and takes away', async () => {
  assert.deepEqual(await run('dist/steering/main.js'), [
    'report:daily is held by worker-1, exclusive',
    'worker-2 waits for it',
    'listed: report:daily',
    'taken away: true',
    'worker-1 was told: forced',
    'worker-2 goes on: true',
  ]);
});

test('two requests for one order, as traces', async () => {
  const lines = await run('dist/telemetry/main.js');
  const request = [
    'POST /orders/:id/charge',
    '  acquire order:{0.id}, granted',
    '  hold order:{0.id}, released',
    '    SELECT orders',
    '    acquire gateway, granted',
    '    hold gateway, released',
    '      POST gateway',
    '    UPDATE orders',
  ];
  assert.deepEqual(lines.slice(0, 16), [...request, ...request]);
  assert.ok(lines.includes('holdfast.acquire.duration: 2 series'));
});

test('a job that cron starts on two machines', async () => {
  const lines = await run('dist/command/main.js');
  const [, token] = /^collect under (\d+)$/.exec(lines[0] ?? '') ?? [];
  assert.deepEqual(lines, [
    `collect under ${token}`,
    `send under ${token}`,
    'one machine ended with 0, the other one found it busy',
  ]);
});
