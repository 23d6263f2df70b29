import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findRedisServer, startRedis } from '@holdfast/support';
import { createClient } from 'redis';

const DEMO = fileURLToPath(new URL('../../../examples/dist/demo/main.js', import.meta.url));

/** Far above the five seconds that it speaks of, in ms. */
const LIMIT = 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Rejects if the demo does not end with 0 within its time. */
async function demo(environment: Environment, args: readonly string[] = []): Promise<string> {
  const env = {
    ...process.env,
    REDIS_URL: undefined,
    NODE_TEST_CONTEXT: undefined,
    ...environment,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [DEMO, ...args], {
    env,
    timeout: LIMIT,
  });
  return stdout;
}

function assertTold(output: string): void {
  for (const name of ['anna', 'ben', 'cleo', 'dave', 'emma'])
    assert.match(output, new RegExp(name));
  assert.match(output, /✖▒+/, 'a crash and the lease that runs out');
  assert.match(output, /taken over after \d\.\d\d s/);
  assert.match(output, /ben worked 1\.\d\d s under a lease of 1 s: it was renewed [1-9]/);
  assert.match(output, /Checked: of 17 holds no two of one lock overlap/);
  // The advice on how to get a Redis is not the demo's own.
  const own = output.slice(output.indexOf('ACT ONE'));
  for (const line of own.split('\n')) assert.ok(line.length <= 80, line);
}

// Side by side: each mostly waits.
suite('the demo', { concurrency: true }, () => {
  test('runs on a server of its own, in processes, and ends by itself', async () => {
    const output = await demo({ HOLDFAST_REDIS_SERVER: await findRedisServer() });

    assertTold(output);
    assert.match(output, /5 processes/);
    assert.doesNotMatch(output, /WITHOUT REDIS/);
    // oxlint-disable-next-line no-control-regex -- no colours in a pipe
    assert.doesNotMatch(output, /\u001B/);
  });

  test('leaves nothing in the Redis of REDIS_URL', async () => {
    await using server = await startRedis();

    const output = await demo({ REDIS_URL: server.url });

    assertTold(output);
    const client = createClient({ url: server.url });
    await client.connect();
    const keys = await client.keys('*');
    client.destroy();
    assert.deepEqual(keys, []);
  });

  test('does without Redis where there is none, and says so', async () => {
    const output = await demo({ HOLDFAST_REDIS_SERVER: '/nowhere/redis-server' });

    assertTold(output);
    assert.match(output, /WITHOUT REDIS/);
    assert.match(output, /HOLDFAST_REDIS_SERVER is \/nowhere\/redis-server/);
  });

  test('says what is wrong with REDIS_URL', async () => {
    await assert.rejects(demo({ REDIS_URL: 'redis://:secret@127.0.0.1:1' }), (error: Error) => {
      const { stderr, code } = error as Error & { stderr: string; code: number };
      assert.equal(code, 1);
      assert.match(stderr, /REDIS_URL.*ECONNREFUSED/);
      assert.doesNotMatch(stderr, /secret/);
      return true;
    });
  });
});
