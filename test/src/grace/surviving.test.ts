/** What is promised with the option `grace`, wherever locks are kept. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  AcquireTimeoutError,
  createLocker,
  type DiagnosticMessages,
  type Locker,
  type LockerOptions,
  type LockInspection,
  type LockJSON,
  memoryStore,
} from '@holdfast/core';
import { type RedisServer, startCluster, startRedis, startSentinels } from '@holdfast/support';
import { aborted, told, until } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';
import { placeOf } from '../sentinel/place.js';

const GRACE = 4_100;
const TERMS = { ttl: '2s', grace: GRACE } as const;

/** Locks of tests that run side by side have names of their own. */
function isFor(event: DiagnosticMessages['holdfast:grace'], ...names: string[]): boolean {
  return event.state === 'reclaimed' && names.includes(event.lockName);
}

/** Of that lock, in ms; 0: it is not told. */
async function left(locker: Locker, grace?: boolean): Promise<number> {
  const { graceRemaining } = await locker.inspect('order:46', { grace });
  if (graceRemaining !== undefined) assert.ok(graceRemaining > 0);
  return graceRemaining ?? 0;
}

interface Ground extends AsyncDisposable {
  /** With a grace, unless other terms are given. */
  locker(terms?: LockerOptions): Promise<Locker>;
  loseData(): unknown;
}

async function inRedis(): Promise<Ground> {
  const redis = await startRedis();
  const admin = await RawClient.open(redis.url);
  return {
    locker: (terms = TERMS) => createLocker({ url: redis.url, ...terms }),
    loseData: () => admin.command('FLUSHALL'),
    async [Symbol.asyncDispose]() {
      await admin[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

/** A replica must have each lock, too. */
async function bySentinels(): Promise<Ground> {
  const group = await startSentinels({ sentinels: 1 });
  const admin = await RawClient.open((group.servers[0] as RedisServer).url);
  const place = { ...placeOf(group), replicas: 1, replicaTimeout: '5s' } as const;
  return {
    locker: (terms = TERMS) => createLocker({ ...place, ...terms }),
    loseData: () => admin.command('FLUSHALL'),
    async [Symbol.asyncDispose]() {
      await admin[Symbol.asyncDispose]();
      await group[Symbol.asyncDispose]();
    },
  };
}

async function inACluster(): Promise<Ground> {
  const cluster = await startCluster({ masters: 2, replicas: 0 });
  const admins = await Promise.all(cluster.nodes.map(({ url }) => RawClient.open(url)));
  return {
    locker: (terms = TERMS) => createLocker({ url: cluster.url, ...terms }),
    loseData: () => Promise.all(admins.map((admin) => admin.command('FLUSHALL'))),
    async [Symbol.asyncDispose]() {
      for (const admin of admins) await admin[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

async function inThisProcess(): Promise<Ground> {
  const store = memoryStore();
  return {
    locker: (terms = TERMS) => createLocker({ store, ...terms }),
    loseData: () => store.loseData(),
    async [Symbol.asyncDispose]() {},
  };
}

for (const [where, open] of Object.entries({
  'in Redis': inRedis,
  'by sentinels': bySentinels,
  'in a cluster': inACluster,
  'in this process': inThisProcess,
})) {
  // Most of the time is spent waiting for graces. But to begin those of all slots is work.
  const concurrency = open !== inACluster;
  describe(`a grace, with locks ${where}`, { concurrency, timeout: 300_000 }, () => {
    test('keeps a held lock over a loss of data, and everybody else out until it is over', async () => {
      await using ground = await open();
      await using mine = await ground.locker();
      await using other = await ground.locker();
      const lock = await mine.acquire('order:42');
      const { fencingToken } = lock;
      const began = told('holdfast:grace', (event) => event.state === 'began');
      const reclaimed = told('holdfast:grace', (event) => isFor(event, 'order:42'));
      await ground.loseData();
      assert.equal(await other.tryAcquire('order:42'), null);
      assert.equal(await other.tryAcquire(['order:42', 'order:43']), null);
      await began;
      const event = await reclaimed;
      assert.equal('fencingToken' in event && event.fencingToken, fencingToken);
      assert.ok(lock.held);
      await assert.rejects(other.acquire('order:43', { waitTimeout: '500ms' }), (error) => {
        assert(error instanceof AcquireTimeoutError);
        assert.ok((error.graceRemaining ?? 0) > 0 && (error.graceRemaining ?? 0) <= GRACE);
        assert.match(error.message, /has lost its data, or was started anew/);
        return true;
      });
      const order: string[] = [];
      const waits = [mine, other].map((locker, n) =>
        locker.using('order:42', async (next) => {
          order.push(`${n}`);
          assert.ok(next.fencingToken > fencingToken);
        }),
      );
      await lock.release();
      assert.deepEqual(order, []);
      await Promise.all(waits);
      assert.ok(!lock.signal.aborted);
    });

    test('is shown to whoever looks, and a look begins none', async () => {
      await using ground = await open();
      await using mine = await ground.locker();
      await using reader = await ground.locker({});
      const all = async (): Promise<number[]> => [await left(mine), await left(reader, true)];
      await (await mine.acquire('order:46')).release();
      assert.deepEqual(await all(), [0, 0]);
      await ground.loseData();
      // One that is due is whole, as long as nobody asks for a lock. Of one that was forgotten only those know who have it.
      assert.deepEqual([...(await all()), ...(await all())], [GRACE, 0, GRACE, 0]);
      assert.equal(await mine.tryAcquire('order:46'), null);
      for (const shown of await all()) assert.ok(shown > 0 && shown <= GRACE, `${shown} ms`);
      assert.deepEqual([await left(reader), await left(mine, false)], [0, 0]);
      const waits = mine.acquire('order:46');
      await until(async () => (await mine.inspect('order:46')).waitingCount > 0, 'it waits');
      const listed: LockInspection[] = [];
      for await (const lock of mine.list()) listed.push(lock);
      assert.deepEqual(
        listed.map(({ name, graceRemaining = 0 }) => [name, graceRemaining > 0]),
        [['order:46', true]],
      );
      await (await waits).release();
      assert.deepEqual(await all(), [0, 0]);
    });

    test('keeps those who share a lock, those who have a permit, and several as one', async () => {
      await using ground = await open();
      await using mine = await ground.locker();
      const holds = await Promise.all([
        mine.acquire('report', { mode: 'shared' }),
        mine.acquire('report', { mode: 'shared' }),
        mine.acquire('api', { limit: 3, weight: 2 }),
        mine.acquire(['account:1', 'account:2']),
      ]);
      const all = told(
        'holdfast:grace',
        (event) => isFor(event, 'report', 'api', 'account:1', 'account:2'),
        5,
      );
      await ground.loseData();
      await all;
      assert.deepEqual(
        holds.map(({ held }) => held),
        [true, true, true, true],
      );
      await Promise.all(holds.map((hold) => hold.release()));
    });

    test('goes on with a lock that was handed over, and not with one that others know of', async () => {
      await using ground = await open();
      await using mine = await ground.locker();
      await using other = await ground.locker();
      const second = await mine.acquire('video:8');
      const first = await mine.acquire('video:7', { renew: false });
      const letter = JSON.parse(JSON.stringify(first.handOver())) as LockJSON;
      assert.equal(typeof letter.leaseEnd, 'number');
      await ground.loseData();
      await using adopted = await other.adopt(letter);
      assert.ok(adopted.held);
      const copy = JSON.parse(JSON.stringify(second)) as LockJSON;
      assert.equal(copy.leaseEnd, undefined);
      await ground.loseData();
      const reason = (await aborted(second.signal)) as { readonly reason?: string };
      assert.equal(reason.reason, 'gone');
      await assert.rejects(other.adopt(copy), { code: 'LOCK_LOST' });
      await assert.rejects(second.release(), { code: 'LOCK_LOST' });
    });

    test('believes the release of a lock that is not renewed', async () => {
      await using ground = await open();
      await using mine = await ground.locker();
      const lock = await mine.acquire('order:44', { renew: false });
      await ground.loseData();
      await lock.release();
    });

    test('takes no lease back that is over', async () => {
      await using ground = await open();
      await using mine = await ground.locker();
      await using other = await ground.locker();
      const lock = await mine.acquire('video:7', { renew: false });
      const { signal } = lock;
      const letter = lock.toJSON();
      await aborted(signal);
      const { leaseEnd } = (await mine.acquire('video:9')).handOver();
      await ground.loseData();
      // Its lease ended before that of the other one began.
      const end = (leaseEnd as number) - 2 * letter.ttl;
      await assert.rejects(other.adopt({ ...letter, leaseEnd: end }), { code: 'LOCK_LOST' });
    });
  });
}
