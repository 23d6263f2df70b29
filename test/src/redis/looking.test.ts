/** What is shown of a server in which others write, too, and what the looking costs it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  createLocker,
  type InspectedHolder,
  type ListOptions,
  type Locker,
  type LockInspection,
} from '@holdfast/core';
import { startProxy } from '@holdfast/support';
import { PAGE } from '../../../packages/core/dist/store/view.js';
import { oneServer } from './one-server.js';

const KEY = 'lock:order:42';
const QUEUE = `holdfast:queue:${KEY}`;

const server = oneServer();

async function all(locker: Locker, options?: ListOptions): Promise<LockInspection[]> {
  const found: LockInspection[] = [];
  for await (const one of locker.list(options)) found.push(one);
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** All but when it was looked at. */
function holderOf({ holders }: LockInspection): Omit<InspectedHolder, 'at'> | undefined {
  const [holder] = holders;
  if (holder === undefined) return undefined;
  const { at: _, ...rest } = holder;
  return rest;
}

suite('what another program has written', () => {
  test('is a foreign holder, if it is a string; of a long one the beginning is shown', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    for (const value of ['somebody', '', 'x'.repeat(10_000), 'me/1 99999999999999999', 'room 17']) {
      await server.witness.command('SET', KEY, value);
      const seen = await locker.inspect('order:42');
      assert.deepEqual(holderOf(seen), {
        kind: 'foreign',
        type: 'string',
        value: value.slice(0, 256),
        remaining: undefined,
      });
      assert.deepEqual([seen.mode, seen.holderCount, seen.used], ['foreign', 1, 1]);
      await server.witness.command('PEXPIRE', KEY, '60000');
      const [holder] = (await locker.inspect('order:42')).holders;
      assert.ok(holder?.remaining !== undefined && holder.remaining > 50_000);
    }
  });

  test('is a foreign holder of its type, if it is no string', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    await server.witness.command('HSET', KEY, 'apples', '3');
    const seen = await locker.inspect('order:42');
    assert.deepEqual(holderOf(seen), {
      kind: 'foreign',
      type: 'hash',
      value: undefined,
      remaining: undefined,
    });
  });

  test('is listed if it is a string under the prefix, or somebody waits for it', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    await server.witness.command('SET', 'lock:theirs', 'somebody');
    await server.witness.command('HSET', 'lock:cart', 'apples', '3');
    await server.witness.command('HSET', 'lock:awaited', 'apples', '3');
    await server.witness.command('ZADD', 'holdfast:queue:lock:awaited', '1', 'gone/1 60000');
    await server.witness.command('SET', 'other', 'x');
    await server.witness.command('SET', 'other:lock:x', 'x');
    await server.witness.command('SET', 'holdfast:queue:other', 'x');
    assert.deepEqual(
      (await all(locker)).map(({ name, mode, waitingCount }) => [name, mode, waitingCount]),
      [
        ['awaited', 'foreign', 1],
        ['theirs', 'foreign', 0],
      ],
    );
  });

  test('is not listed where the prefix is empty, unless somebody waits for it', async () => {
    await using locker = await createLocker({ url: server.redis.url, keyPrefix: '' });
    await using _ = await locker.acquire('ours');
    await server.witness.command('SET', 'theirs', 'somebody');
    await server.witness.command('SET', 'awaited', 'somebody');
    await server.witness.command('ZADD', 'holdfast:queue:awaited', '1', 'gone/1 60000');
    const names = (await all(locker)).map(({ name }) => name);
    assert.deepEqual(names, ['awaited', 'ours']);
    assert.equal((await locker.inspect('theirs')).mode, 'foreign');
  });

  test('is nothing, in place of a line or of a room', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    await server.witness.command('SET', QUEUE, 'x');
    await server.witness.command('SET', KEY, 'room 17');
    await server.witness.command('SET', `holdfast:room:${KEY}`, 'x');
    const { mode, waitingCount } = await locker.inspect('order:42');
    assert.deepEqual([mode, waitingCount], ['foreign', 0]);
  });
});

suite('a line', () => {
  test('of a lock that nobody holds is listed, with those whose process is gone', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    await server.witness.command(
      'ZADD',
      QUEUE,
      '1000000',
      'gone/1/web-3:1 60000',
      '2000000',
      'gone/2 60000',
    );
    const [seen] = await all(locker);
    assert.deepEqual(
      [seen?.name, seen?.mode, seen?.holders, seen?.waitingCount],
      ['order:42', undefined, [], 2],
    );
    const { waiting } = await locker.inspect('order:42');
    assert.deepEqual(
      waiting.map(({ owner, since, listening }) => [owner, since.getTime(), listening]),
      [
        ['web-3:1', 1_000, false],
        [undefined, 2_000, false],
      ],
    );
  });

  test('shows who asks as only a newer version does, and not what no version writes', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const members = [
      'a/1 60000 urgent',
      'nonsense',
      'a/2 60000 shared later',
      'b/x60000',
      'c/1 60000 limited 5 2',
    ];
    const scored = members.flatMap((member, n) => [String(n + 1), member]);
    await server.witness.command('ZADD', QUEUE, ...scored);
    const { waiting, waitingCount } = await locker.inspect('order:42');
    assert.equal(waitingCount, 5);
    assert.deepEqual(
      waiting.map(({ token, mode, limit, weight }) => [token, mode, limit, weight]),
      [
        ['a/1', undefined, undefined, 1],
        ['a/2', undefined, undefined, 1],
        ['c/1', 'limited', 5, 2],
      ],
    );
  });
});

test('a room of which others deleted a part is held by nobody who is known', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  const permit = await locker.acquire('api', { limit: 5, renew: false });
  await server.witness.command('DEL', 'holdfast:leases:lock:api');
  const { mode, holders } = await locker.inspect('api');
  const [holder] = holders;
  assert.ok(mode === 'foreign' && holder?.kind === 'foreign');
  assert.match(holder.value ?? '', /^room \d+$/);
  await assert.rejects(permit.release(), { code: 'LOCK_LOST' });
});

test('a lock without an expiry has no end, and a lease that is over in a room has nothing left', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using lock = await locker.acquire('order:42', { renew: false });
  await server.witness.command('PERSIST', KEY);
  const [holder] = (await locker.inspect('order:42')).holders;
  assert.deepEqual([holder?.kind, holder?.remaining], ['locker', undefined]);
  assert.ok(lock.held);
  const short = await locker.acquire('api', { limit: 5, renew: false });
  await using long = await locker.acquire('api', { limit: 5, ttl: '1h' });
  await server.witness.command('ZADD', 'holdfast:leases:lock:api', '1', short.token);
  const { holders, holderCount, used } = await locker.inspect('api');
  assert.deepEqual([holderCount, used], [2, 2]);
  assert.deepEqual(
    holders.map((one) => one.kind === 'locker' && [one.token, one.remaining === 0]),
    [
      [short.token, true],
      [long.token, false],
    ],
  );
  await assert.rejects(short.release(), { code: 'LOCK_LOST' });
});

suite('who looks', () => {
  test('takes a page of locks in one step, and never goes through all keys in one', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const locks = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => locker.acquire(`order:${n}`, { renew: false })),
    );
    await locker.inspect('order:0');
    const before = await server.witness.calls('evalsha');
    assert.equal((await all(locker)).length, 1_000);
    const steps = (await server.witness.calls('evalsha')) - before;
    assert.ok(steps >= 8 && steps < 40, `${steps} steps`);
    assert.equal(await server.witness.calls('keys'), 0);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  test('is shown a line of 10,000 in steps that are no longer than a page', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    await using _ = await locker.acquire('order:42');
    for (let from = 0; from < 10_000; from += 1_000) {
      const members = Array.from({ length: 1_000 }, (__, n) => [
        String(from + n + 1),
        `gone${n % 7}/${from + n} 60000`,
      ]);
      await server.witness.command('ZADD', QUEUE, ...members.flat());
    }
    await locker.inspect('order:42');
    const before = await server.witness.calls('evalsha');
    const { waiting, waitingCount, at } = await locker.inspect('order:42', { waiting: Infinity });
    const steps = (await server.witness.calls('evalsha')) - before;
    assert.deepEqual(
      [waiting.length, waitingCount, steps],
      [10_000, 10_000, Math.ceil(10_000 / PAGE)],
    );
    assert.equal(new Set(waiting.map(({ token }) => token)).size, 10_000);
    assert.equal(waiting.filter((one) => one.at === at).length, PAGE);
  });

  test('is shown holders once each, also if their leases end in one moment', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const permits = await Promise.all(
      Array.from({ length: 700 }, () => locker.acquire('api', { limit: 700, renew: false })),
    );
    const end = String(Date.now() + 60_000);
    const scored = permits.flatMap(({ token }) => [end, token]);
    await server.witness.command('ZADD', 'holdfast:leases:lock:api', 'XX', ...scored);
    const { holders } = await locker.inspect('api', { holders: Infinity });
    const tokens = holders.map((holder) => (holder.kind === 'locker' ? holder.token : ''));
    assert.deepEqual(tokens.toSorted(), permits.map(({ token }) => token).toSorted());
    // What somebody else wrote there is not waited for.
    await server.witness.command('ZADD', 'holdfast:leases:lock:api', end, 'nonsense');
    await server.witness.command('HSET', 'holdfast:room:lock:api', 'nonsense', 'x');
    const seen = await locker.inspect('api', { holders: Infinity });
    assert.deepEqual([seen.holders.length, seen.holderCount], [700, 701]);
    await Promise.all(permits.map((permit) => permit.release()));
  });

  test('is answered after the connection was cut, and told when nothing answers', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    await using locker = await createLocker({ url: proxy.url, commandTimeout: 2_000 });
    proxy.cut();
    assert.equal((await locker.inspect('order:42')).mode, undefined);
    proxy.hang();
    await assert.rejects(locker.inspect('order:42'), {
      code: 'REDIS_UNREACHABLE',
      lockName: 'order:42',
      operation: 'inspect',
    });
    await assert.rejects(all(locker), { code: 'REDIS_UNREACHABLE' });
    await proxy.heal();
    assert.equal((await locker.inspect('order:42')).mode, undefined);
  });

  test('is shown what it may touch, and refused what it may not', async () => {
    const rights = ['~lock:a*', '~holdfast:*', '&*', '+@all'];
    await server.witness.command('ACL', 'SETUSER', 'half', 'on', '>secret', ...rights);
    await using other = await createLocker({ url: server.redis.url });
    const locks = await Promise.all(['a1', 'a2', 'b1'].map((name) => other.acquire(name)));
    const url = `redis://half:secret@127.0.0.1:${server.redis.port}`;
    await using locker = await createLocker({ url });
    assert.deepEqual(
      (await all(locker)).map(({ name }) => name),
      ['a1', 'a2'],
    );
    await assert.rejects(locker.inspect('b1'), { code: 'REDIS_REFUSED', lockName: 'b1' });
    await Promise.all(locks.map((lock) => lock.release()));
  });

  test('is served by a server whose memory is full, and after its scripts were flushed', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    await server.witness.command('CONFIG', 'SET', 'maxmemory', '1');
    await server.witness.command('SCRIPT', 'FLUSH');
    try {
      assert.equal((await locker.inspect('order:42')).mode, undefined);
    } finally {
      await server.witness.command('CONFIG', 'SET', 'maxmemory', '0');
    }
  });
});
