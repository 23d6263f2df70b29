/** What stands at the server for locks that are held together, and what others may do to it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '../contract/patience.js';
import { acquire, Batches, kindsOf } from './batches.js';
import { FORMER, FormerLocker } from './former-locker.js';
import { oneServer } from './one-server.js';
import { enter, inRoom, limited, SHARED } from './room-operations.js';

const server = oneServer();
const KEY = 'lock:a';
const HOLDERS = 'holdfast:room:lock:a';
const LEASES = 'holdfast:leases:lock:a';
const QUEUE = 'holdfast:queue:lock:a';

const say = (...command: string[]): Promise<unknown> => server.witness.command(...command);

function fence(answer: unknown): number {
  return (answer as { readonly fencingToken: number }).fencingToken;
}

async function holders(): Promise<Record<string, string>> {
  const flat = (await say('HGETALL', HOLDERS)) as string[];
  return Object.fromEntries(
    Array.from({ length: flat.length / 2 }, (_, n) => [flat[2 * n], flat[2 * n + 1]]),
  ) as Record<string, string>;
}

suite('a room', () => {
  test('is written as the protocol says, and leaves nothing behind', async () => {
    using batches = await Batches.open(server.redis.url);
    const [first, second, third] = await batches.send(
      enter(KEY, 'me/1', SHARED),
      enter(KEY, 'me/2', limited(7, 3)),
      enter(KEY, 'me/3', limited(5)),
    );
    const marker = String(await say('GET', KEY));
    const { generation, ...inside } = await holders();
    assert.equal(marker, `room ${generation}`);
    assert.deepEqual(inside, {
      used: '5',
      limit: '5',
      'limit 5': '1',
      'limit 7': '1',
      'me/1': `${fence(first)} 1 0`,
      'me/2': `${fence(second)} 3 7`,
      'me/3': `${fence(third)} 1 5`,
    });
    assert.deepEqual(await say('ZRANGE', LEASES, '0', '-1'), ['5', '7', 'me/1', 'me/2', 'me/3']);
    await batches.send(inRoom(batches.release(KEY, 'me/3'), limited(5)));
    assert.equal((await holders())['limit'], '7');
    await batches.send(
      inRoom(batches.release(KEY, 'me/2'), limited(7, 3)),
      inRoom(batches.release(KEY, 'me/1'), SHARED),
    );
    assert.deepEqual(await say('KEYS', '*'), ['holdfast:clock']);
  });

  test('lives as long as its longest lease, no longer and no shorter', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(
      enter(KEY, 'me/1', SHARED, { ttl: 20_000 }),
      enter(KEY, 'me/2', SHARED, { ttl: 90_000 }),
    );
    const lives = async (): Promise<number[]> => {
      const all = await Promise.all([KEY, HOLDERS, LEASES].map((key) => say('PTTL', key)));
      return all.map((left) => Math.ceil(Number(left) / 10_000));
    };
    assert.deepEqual(await lives(), [9, 9, 9]);
    await batches.send(inRoom(batches.release(KEY, 'me/2'), SHARED));
    assert.deepEqual(await lives(), [2, 2, 2]);
    await batches.send(inRoom(batches.renew(KEY, 'me/1', 60_000), SHARED));
    assert.deepEqual(await lives(), [6, 6, 6]);
    await batches.send(inRoom(batches.renew(KEY, 'me/1', 1_000), SHARED));
    assert.deepEqual(await lives(), [6, 6, 6]);
  });

  test('counts as one with the lock when it is asked for in one batch, in the order of the calls', async () => {
    using batches = await Batches.open(server.redis.url);
    const answers = await batches.send(
      enter('lock:a', 'me/1', SHARED),
      acquire('lock:a', 'me/2'),
      enter('lock:a', 'me/3', SHARED),
      acquire('lock:b', 'me/4'),
      enter('lock:b', 'me/5', limited(2)),
      enter('lock:c', 'me/6', limited(2, 2)),
      enter('lock:c', 'me/7', SHARED),
    );
    assert.deepEqual(kindsOf(answers), [
      'granted',
      'busy',
      'granted',
      'granted',
      'busy',
      'granted',
      'busy',
    ]);
    const fences = answers.flatMap((one) => ('fencingToken' in one ? [one.fencingToken] : []));
    assert.equal(new Set(fences).size, 4);
  });

  test('is renewed and given back beside exclusive locks, in one batch', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(
      acquire('lock:x', 'me/1'),
      enter(KEY, 'me/2', SHARED),
      enter(KEY, 'me/3', limited(4)),
    );
    const answers = await batches.send(
      inRoom(batches.renew(KEY, 'me/2'), SHARED),
      batches.renew('lock:x', 'me/1'),
      { ...inRoom(batches.renew(KEY, 'me/2'), SHARED), fencingToken: 17 } as never,
      inRoom(batches.release(KEY, 'me/3'), limited(4)),
      inRoom(batches.release(KEY, 'me/3'), limited(4)),
      acquire('lock:y', 'me/4'),
    );
    assert.deepEqual(kindsOf(answers), [
      'renewed',
      'renewed',
      'lost',
      'released',
      'lost',
      'granted',
    ]);
    assert.equal((await holders())['used'], '1');
  });

  test('lets a row in that is longer than one step in several of them', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.ask(acquire(KEY, 'me/0'));
    const row = Array.from({ length: 300 }, (_, n) =>
      enter(KEY, `me/${n + 1}`, SHARED, { enqueue: true }),
    );
    await batches.send(...row.slice(0, 150));
    await batches.send(...row.slice(150));
    const freed = await batches.ask(batches.release(KEY, 'me/0'));
    assert.ok('more' in freed && freed.more && 'next' in freed);
    assert.equal(freed.next?.token, 'me/1');
    // Nobody overtakes the rest of them.
    assert.deepEqual(kindsOf(await batches.send(enter(KEY, 'me/400', SHARED))), ['busy']);
    assert.deepEqual(await batches.ask({ kind: 'advance', key: KEY }), {
      kind: 'advanced',
      more: false,
    });
    await until(() => batches.grants.length === 300, 'all are told');
    assert.deepEqual(
      batches.grants,
      Array.from({ length: 300 }, (_, n) => `lock:a me/${n + 1}`),
    );
  });

  test('is rid of leases that are over in bounded steps, and nobody is let in for them twice', async () => {
    using batches = await Batches.open(server.redis.url);
    const dead = Array.from({ length: 300 }, (_, n) => enter(KEY, `me/${n}`, limited(301)));
    await batches.send(...dead, enter(KEY, 'me/alive', limited(301)));
    const scores = Array.from({ length: 300 }, (_, n) => ['1', `me/${n}`]).flat();
    await say('ZADD', LEASES, 'XX', ...scores);
    const used: string[] = [];
    const all = limited(301, 300);
    let answer = await batches.ask(enter(KEY, 'me/next', all));
    while (!('fencingToken' in answer)) {
      assert.ok('holderTtl' in answer && answer.holderTtl === 0);
      used.push((await holders())['used'] as string);
      answer = await batches.ask(enter(KEY, 'me/next', all));
    }
    assert.deepEqual(used, ['173', '45']);
    assert.equal((await holders())['used'], '301');
    assert.equal(await say('HLEN', HOLDERS), 7);
  });

  test('does not renew a lease that is over, though its place is still its own', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(enter(KEY, 'me/1', limited(2)), enter(KEY, 'me/2', limited(2)));
    await say('ZADD', LEASES, 'XX', '1', 'me/1');
    const renewals = ['me/1', 'me/2'].map((token) => inRoom(batches.renew(KEY, token), limited(2)));
    assert.deepEqual(kindsOf(await batches.send(...renewals)), ['lost', 'renewed']);
    assert.deepEqual(kindsOf(await batches.send(enter(KEY, 'me/3', limited(2)))), ['granted']);
  });

  test('costs the same for every newcomer, also with ten thousand inside', async () => {
    using batches = await Batches.open(server.redis.url);
    const fill = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n += 250) {
        const batch = Array.from({ length: 250 }, (_, m) => enter(KEY, `me/${n + m}`, SHARED));
        await batches.send(...batch);
      }
    };
    const kinds = ['get', 'hmget', 'hlen', 'hset', 'hdel'].concat([
      'zadd',
      'zcard',
      'zrem',
      'zrange',
      'pexpireat',
    ]);
    const commands = async (): Promise<number> => {
      const calls = await Promise.all(kinds.map((kind) => server.witness.calls(kind)));
      return calls.reduce((sum, count) => sum + count, 0);
    };
    const costOf = async (...operations: Parameters<typeof batches.send>): Promise<number> => {
      const before = await commands();
      await batches.send(...operations);
      return (await commands()) - before;
    };
    const costs: number[][] = [];
    for (const [from, to] of [
      [0, 250],
      [250, 10_000],
    ] as const) {
      await fill(from, to);
      const one = await costOf(enter(KEY, 'me/new', SHARED));
      const left = await costOf(inRoom(batches.release(KEY, 'me/new'), SHARED));
      const renewals = Array.from({ length: 250 }, (_, n) =>
        inRoom(batches.renew(KEY, `me/${n}`), SHARED),
      );
      costs.push([one, left, await costOf(...renewals)]);
    }
    assert.deepEqual(costs[1], costs[0]);
    // For all renewals of a batch together.
    assert.ok(
      (costs[0] as number[]).every((cost) => cost <= 16),
      String(costs[0]),
    );
    assert.equal((await holders())['used'], '10000');
  });
});

suite('others at the key of a room', () => {
  test('find it taken with SET NX, and get it when the last one has left', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(enter(KEY, 'me/1', SHARED));
    assert.equal(await say('SET', KEY, 'theirs', 'NX', 'PX', '60000'), null);
    await batches.send(inRoom(batches.release(KEY, 'me/1'), SHARED));
    assert.equal(await say('SET', KEY, 'theirs', 'NX', 'PX', '60000'), 'OK');
    assert.deepEqual(kindsOf(await batches.send(enter(KEY, 'me/2', SHARED))), ['busy']);
  });

  test('who delete the marker end the room for all who are inside', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(enter(KEY, 'me/1', SHARED), enter(KEY, 'me/2', limited(3)));
    await say('DEL', KEY);
    const renewal = inRoom(batches.renew(KEY, 'me/1'), SHARED);
    assert.deepEqual(kindsOf(await batches.send(renewal)), ['lost']);
    assert.deepEqual(kindsOf(await batches.send(acquire(KEY, 'me/3'), renewal)), [
      'granted',
      'lost',
    ]);
    await batches.send(batches.release(KEY, 'me/3'));
    // A room that is opened after that has nobody of the former one inside.
    await batches.send(enter(KEY, 'me/4', SHARED));
    assert.deepEqual(kindsOf(await batches.send(renewal)), ['lost']);
    const { used, 'me/1': former } = await holders();
    assert.deepEqual([used, former], ['1', undefined]);
  });

  test('who put another marker there hold the lock, whoever they are', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(enter(KEY, 'me/0', SHARED));
    await say('SET', KEY, 'room 17', 'PX', '60000');
    const answers = await batches.send(
      inRoom(batches.renew(KEY, 'me/0'), SHARED),
      inRoom(batches.release(KEY, 'me/0'), SHARED),
      enter(KEY, 'me/1', SHARED),
      acquire(KEY, 'me/2'),
    );
    assert.deepEqual(kindsOf(answers), ['lost', 'lost', 'busy', 'busy']);
    assert.equal(await say('GET', KEY), 'room 17');
  });

  for (const key of [HOLDERS, LEASES]) {
    test(`who keep something of another type at ${key} keep it, and are named`, async () => {
      using batches = await Batches.open(server.redis.url);
      await say('RPUSH', key, 'theirs');
      const answers = await batches.send(
        enter(KEY, 'me/1', SHARED),
        acquire('lock:b', 'me/2'),
        enter('lock:c', 'me/3', SHARED),
      );
      const [answer] = answers;
      assert.deepEqual(answer, { kind: 'foreign', type: 'list', key });
      assert.deepEqual(kindsOf(answers.slice(1)), ['granted', 'granted']);
      assert.deepEqual(await say('LRANGE', key, '0', '-1'), ['theirs']);
      assert.equal(await say('EXISTS', KEY), 0);
      assert.deepEqual(kindsOf(await batches.send(acquire(KEY, 'me/4'))), ['granted']);
    });

    test(`who put another type at ${key} while somebody is inside are left alone`, async () => {
      using batches = await Batches.open(server.redis.url);
      await batches.send(enter(KEY, 'me/1', SHARED));
      await say('DEL', key);
      await say('RPUSH', key, 'theirs');
      const [asked, renewed, released] = [
        await batches.ask(enter(KEY, 'me/2', SHARED)),
        await batches.ask(inRoom(batches.renew(KEY, 'me/1'), SHARED)),
        await batches.ask(inRoom(batches.release(KEY, 'me/1'), SHARED)),
      ];
      assert.deepEqual(asked, { kind: 'foreign', type: 'list', key });
      for (const answer of [renewed, released]) {
        assert.ok(answer instanceof Error);
        assert.match(answer.message, new RegExp(`WRONGTYPE ${key} holds a list`));
      }
      assert.deepEqual(await say('LRANGE', key, '0', '-1'), ['theirs']);
    });
  }
});

suite('lockers of the former version', () => {
  test('find a room taken, and do not delete it', async () => {
    using batches = await Batches.open(server.redis.url);
    await using former = await FormerLocker.open(server.redis.url);
    await batches.send(enter(KEY, 'me/1', SHARED));
    assert.equal(((await former.acquire(KEY, 'former/1', 'once')) as number[])[0], FORMER.busy);
    assert.equal(((await former.acquire(KEY, 'former/1')) as number[])[0], FORMER.waiting);
    assert.equal(await former.release(KEY, 'former/1', 17), FORMER.lost);
    await former.cancel(KEY, 'former/1');
    assert.deepEqual(kindsOf(await batches.send(inRoom(batches.renew(KEY, 'me/1'), SHARED))), [
      'renewed',
    ]);
    assert.equal(await say('EXISTS', QUEUE), 0);
  });
});
