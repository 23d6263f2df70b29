import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { after, before, describe, test } from 'node:test';
import {
  createLocker,
  type DiagnosticMessages,
  type Locker,
  type LockerOptions,
  RedisRefusedError,
  RedisUnreachableError,
  RedisUnsupportedError,
} from '@holdfast/core';
import { startProxy, startRedis, type TcpProxy } from '@holdfast/support';
import { createClient, createCluster } from 'redis';
import * as redis5 from 'redis5';
import { type Entrance, hasOpenssl, openEntrance } from '../redis/tls-entrance.js';
import { type Shard, Shards } from './shards.js';

/** Far above what any of them takes. */
const TIMEOUT = 300_000;

/** Takes, renews and hands on a lock of every master, and several in one call. */
async function exercise(shards: Shards, where: LockerOptions): Promise<void> {
  await using one = await createLocker(where);
  await using other: Locker = await createLocker(where);
  const masters = shards.all.slice(0, 3);
  const names = await Promise.all(masters.map((master) => shards.nameAt(master)));
  for (const name of names) {
    const lock = await one.acquire(name);
    await lock.renew();
    assert.equal(await other.tryAcquire(name), null);
    const waiting = other.acquire(name, { waitTimeout: '5s' });
    await shards.queued(`lock:${name}`, 1);
    await lock.release();
    await using next = await waiting;
    assert.ok(next.held && next.fencingToken > lock.fencingToken);
  }
  await using all = await one.acquire(names);
  assert.ok(all.held);
  assert.equal(await other.tryAcquire(names.slice(1)), null);
}

describe('a cluster is reached', { timeout: TIMEOUT }, () => {
  let shards: Shards;
  before(async () => {
    shards = await Shards.start({
      password: 'hunter2',
      args: ['--cluster-preferred-endpoint-type', 'unknown-endpoint'],
    });
  });
  after(() => shards[Symbol.asyncDispose]());

  const seed = (place = 0): { host: string; port: number } => ({
    host: '127.0.0.1',
    port: (shards.all[place] as Shard).server.port,
  });

  test('by the URL of a master, or of a replica, whose nodes name no host', async () => {
    await exercise(shards, { url: shards.url });
    await exercise(shards, { url: shards.urlOf(shards.all[4] as Shard) });
  });

  test('by options of node-redis that lead to a node', () =>
    exercise(shards, { redis: { socket: seed(), password: 'hunter2', RESP: 2 } }));

  test('by a client of a node, which stays usable', async () => {
    const client = await createClient({ socket: seed(), password: 'hunter2' }).connect();
    await exercise(shards, { client });
    assert.equal(await client.ping(), 'PONG');
    client.destroy();
  });

  test("by node-redis's options of a cluster, whose first node is gone", () =>
    exercise(shards, {
      cluster: {
        rootNodes: [{ socket: { host: '127.0.0.1', port: 1 } }, { socket: seed(1) }],
        defaults: { password: 'hunter2' },
      },
    }));

  test("by node-redis's client of a cluster, which stays usable", async () => {
    const defaults = { password: 'hunter2' };
    for (const make of [createCluster, redis5.createCluster as unknown as typeof createCluster]) {
      const cluster = make({ rootNodes: [{ socket: seed() }], defaults });
      await cluster.connect();
      try {
        await exercise(shards, { client: cluster });
        assert.equal(await cluster.set('some:key', 'value'), 'OK');
      } finally {
        cluster.destroy();
      }
    }
  });

  test('with a password that is wrong it is refused, under the address of the node', async () => {
    await assert.rejects(
      createLocker({ redis: { socket: seed(), password: 'wrong' } }),
      (error) => error instanceof RedisRefusedError && error.address.endsWith(`:${seed().port}`),
    );
    const rootNodes = [{ socket: seed() }, { socket: seed(1) }];
    await assert.rejects(createLocker({ cluster: { rootNodes } }), RedisRefusedError);
  });
});

describe('a cluster on another network', { timeout: TIMEOUT }, () => {
  let shards: Shards;
  const doors: TcpProxy[] = [];
  before(async () => {
    shards = await Shards.start({ replicas: 0 });
    for (const { server } of shards.all) doors.push(await startProxy({ port: server.port }));
  });
  after(async () => {
    for (const door of doors) await door[Symbol.asyncDispose]();
    await shards[Symbol.asyncDispose]();
  });

  const doorTo = (address: string): { host: string; port: number } | undefined => {
    const place = shards.all.findIndex(({ server }) => address === `127.0.0.1:${server.port}`);
    const door = doors[place];
    return door === undefined ? undefined : { host: '127.0.0.1', port: door.port };
  };
  /** All connections of lockers are through doors. */
  async function onlyThroughDoors(act: () => Promise<void>): Promise<void> {
    const ports = new Set<number>();
    const note = (message: unknown): void => {
      const { address } = message as DiagnosticMessages['holdfast:connection'];
      ports.add(Number(new URL(address).port));
    };
    subscribe('holdfast:connection', note);
    await act().finally(() => unsubscribe('holdfast:connection', note));
    assert.deepEqual(ports, new Set(doors.map(({ port }) => port)));
  }

  test('is reached by a map of its addresses, as an object or a function', async () => {
    const rootNodes = [{ url: (doors[0] as TcpProxy).url }];
    const names = shards.all.map(({ server }) => `127.0.0.1:${server.port}`);
    const map = Object.fromEntries(
      names.map((name) => [name, doorTo(name) as { host: string; port: number }]),
    );
    for (const nodeAddressMap of [map, doorTo]) {
      await onlyThroughDoors(() => exercise(shards, { cluster: { rootNodes, nodeAddressMap } }));
    }
  });

  test("is reached as the caller's client of it reaches it", async () => {
    const rootNodes = [{ url: (doors[0] as TcpProxy).url }];
    const cluster = createCluster({ rootNodes, nodeAddressMap: doorTo });
    await cluster.connect();
    try {
      await onlyThroughDoors(() => exercise(shards, { client: cluster }));
    } finally {
      cluster.destroy();
    }
  });
});

const openssl = hasOpenssl() ? {} : { skip: 'needs openssl, to make a certificate' };

test('all nodes of a cluster are reached over TLS, by what is said of one', openssl, async () => {
  await using shards = await Shards.start({ masters: 3, replicas: 0 });
  const entrances = await Promise.all(shards.all.map(({ server }) => openEntrance(server.port)));
  const reached = shards.all.map(({ server }, place) => {
    const { port } = entrances[place] as Entrance;
    return [`127.0.0.1:${server.port}`, { host: '127.0.0.1', port }] as const;
  });
  try {
    await exercise(shards, {
      cluster: {
        rootNodes: [{ socket: { host: '127.0.0.1', port: (entrances[0] as Entrance).port } }],
        defaults: { socket: { tls: true, ca: entrances.map(({ ca }) => ca) } as const },
        nodeAddressMap: Object.fromEntries(reached),
      },
    });
  } finally {
    for (const entrance of entrances) await entrance[Symbol.asyncDispose]();
  }
});

test('what is given as a cluster and is none is refused', async () => {
  await using redis = await startRedis();
  await assert.rejects(
    createLocker({ cluster: { rootNodes: [{ url: redis.url }] } }),
    (error) => error instanceof RedisUnsupportedError && /cluster/.test(error.message),
  );
  const client = createCluster({ rootNodes: [{ url: redis.url }] });
  await assert.rejects(createLocker({ client }), /client: .*connected/);
  await assert.rejects(
    createLocker({ cluster: { rootNodes: [{ socket: { host: '127.0.0.1', port: 1 } }] } }),
    RedisUnreachableError,
  );
});

test('options of a cluster that lead nowhere are refused under their names', async () => {
  const wrong: readonly [unknown, RegExp][] = [
    [null, /^cluster: /],
    ['redis://localhost', /^cluster: /],
    [{}, /^cluster\.rootNodes: /],
    [{ rootNodes: [] }, /^cluster\.rootNodes: /],
    [{ rootNodes: ['redis://localhost'] }, /^cluster\.rootNodes\[0\]: /],
    [{ rootNodes: [{ host: 'localhost' }] }, /^cluster\.rootNodes\[0\]\.host: /],
    [{ rootNodes: [{ url: 'http://localhost' }] }, /^cluster\.rootNodes\[0\]\.url: /],
    [{ rootNodes: [{}], defaults: 1 }, /^cluster\.defaults: /],
    [{ rootNodes: [{}], defaults: { tls: true } }, /cluster\.defaults\.socket\.tls/],
    [{ rootNodes: [{}], nodeAddressMap: 'map' }, /^cluster\.nodeAddressMap: /],
  ];
  for (const [cluster, message] of wrong) {
    await assert.rejects(createLocker({ cluster } as LockerOptions), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, message);
      return true;
    });
  }
});

test('with a grace, a master that can drop a lock is refused, however it was reached', async () => {
  await using shards = await Shards.start({ masters: 2, replicas: 0 });
  const [one, other] = shards.all as [Shard, Shard];
  await other.client.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
  const rootNodes = [{ url: one.server.url }];
  for (const where of [{ url: one.server.url }, { cluster: { rootNodes } }]) {
    await assert.rejects(
      createLocker({ ...where, grace: '1m' }),
      (error) => error instanceof RedisUnsupportedError && /volatile-lru/.test(error.message),
    );
  }
});

test('a right that every locker needs in a cluster is missed when it opens', async () => {
  await using shards = await Shards.start({ masters: 1, replicas: 0 });
  const [master] = shards.all as [Shard];
  const url = shards.url.replace('//', '//worker:secret@');
  const allow = (...rules: string[]): Promise<unknown> =>
    master.client.command('ACL', 'SETUSER', 'worker', ...rules);
  // As for one server.
  await allow('reset', 'on', '>secret', '~lock:*', '~holdfast:*', '&holdfast:wake:*', '+@all');
  const wanted =
    /lacks \+ssubscribe \+spublish &holdfast:\{\*\}:wake:\*, see "Permissions" in the README/;
  await assert.rejects(createLocker({ url }), wanted);
  await assert.rejects(createLocker({ cluster: { rootNodes: [{ url }] } }), wanted);
  await allow('&holdfast:{*}:wake:*', '-asking', '-cluster|myid', '-cluster|slots');
  await assert.rejects(createLocker({ url }), RedisRefusedError);
  await allow('+cluster|myid');
  await assert.rejects(createLocker({ url }), /lacks \+cluster\|slots \+asking/);
  await allow('+cluster|slots', '+asking');
  await using locker = await createLocker({ url });
  await using lock = await locker.acquire('order:42');
  assert.ok(lock.held);
});
