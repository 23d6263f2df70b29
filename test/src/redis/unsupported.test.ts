import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLocker, RedisUnsupportedError } from '@holdfast/core';
import { until } from '../contract/patience.js';
import { startProxy, startRedis } from '@holdfast/support';

async function assertUnsupported(url: string, why: RegExp): Promise<void> {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await assert.rejects(createLocker({ url }), (error) => {
      assert(error instanceof RedisUnsupportedError, String(error));
      assert.equal(error.code, 'REDIS_UNSUPPORTED');
      assert.equal(error.address, url);
      assert.match(error.message, why);
      return true;
    });
  }
}

/** What a server says of itself in its reply to HELLO. */
type Fact = 'server' | 'version' | 'mode' | 'role';

/** A bulk string and the one after it, in the reply of RESP 2 and of RESP 3. */
function replaced(chunk: Buffer, facts: Partial<Record<Fact, string>>): Buffer {
  let text = chunk.toString('latin1');
  for (const [fact, value] of Object.entries(facts)) {
    const pattern = new RegExp(`(\\r\\n${fact}\\r\\n)\\$\\d+\\r\\n[^\\r]*\\r\\n`);
    text = text.replace(pattern, `$1$$${value.length}\r\n${value}\r\n`);
  }
  return Buffer.from(text, 'latin1');
}

/** Lets a real server pass for another one. */
async function withFacts(
  facts: Partial<Record<Fact, string>>,
  act: (url: string) => Promise<void>,
): Promise<void> {
  await using redis = await startRedis();
  await using proxy = await startProxy({ port: redis.port });
  proxy.rewrite((chunk, direction) => (direction === 'up' ? chunk : replaced(chunk, facts)));
  await act(proxy.url);
  await until(() => proxy.connections === 0, 'every connection is closed');
}

describe('a server that is too old is refused, and the message says which is old enough', () => {
  const old: readonly [string, string][] = [
    ['redis', '6.2.14'],
    ['redis', '5.0.0'],
    ['redis', '3.2.100'],
    ['valkey', '7.0.15'],
    ['valkey', '6.2.14'],
  ];
  for (const [server, version] of old) {
    test(`${server} ${version}`, () =>
      withFacts({ server, version }, (url) =>
        assertUnsupported(url, new RegExp(`${server} ${version}.*Redis 7\\.0 or Valkey 7\\.2`)),
      ));
  }
});

describe('a server that is new enough is taken', () => {
  const good: readonly [string, string][] = [
    ['redis', '7.0.0'],
    ['redis', '8.10.1'],
    ['redis', '10.0.0'],
    ['redis', '255.255.255'],
    ['valkey', '7.2.4'],
    ['valkey', '8.0.1'],
  ];
  for (const [server, version] of good) {
    test(`${server} ${version}`, () =>
      withFacts({ server, version }, async (url) => {
        await using locker = await createLocker({ url });
        await using lock = await locker.acquire('order:42');
        assert.ok(lock.held);
      }));
  }
});

test('a sentinel is refused', () =>
  withFacts({ mode: 'sentinel' }, (url) => assertUnsupported(url, /sentinel.*master/)));

test('a replica is refused', async () => {
  await using master = await startRedis();
  const args = ['--replicaof', `127.0.0.1 ${master.port}`];
  await using replica = await startRedis({ args });
  await assertUnsupported(replica.url, /replica.*master/);
});
