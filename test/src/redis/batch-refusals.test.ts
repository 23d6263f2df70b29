/** What the server refuses: an error says that nothing was done, and then nothing was. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startRedis } from '@holdfast/support';
import { encode } from '../../../packages/core/dist/redis/commit/batch.js';
import { LEAST_PRIVILEGE } from '../contract/acl.js';
import { acquire, Batches, handedTo, kindsOf, type Answer } from './batches.js';
import { oneServer } from './one-server.js';
import { RawClient } from './raw-client.js';

const server = oneServer();
const QUEUE = 'holdfast:queue:lock:a';

/**
 * All that is stored but the clock, which may go on, with what is left of it in minutes: how long the
 * test takes does not show.
 */
async function dump(client: RawClient): Promise<unknown> {
  const keys = (await client.command('KEYS', '*')) as string[];
  const stored = keys.filter((key) => key !== 'holdfast:clock').toSorted();
  const entries = stored.map(async (key) => {
    const left = Number(await client.command('PTTL', key));
    return [key, await client.command('DUMP', key), Math.ceil(left / 60_000)];
  });
  return Promise.all(entries);
}

function refused(answers: readonly Answer[]): void {
  for (const answer of answers) assert.ok(answer instanceof Error, JSON.stringify(answer));
}

/** A user with all rights that are needed. */
async function open(): Promise<Batches> {
  const rights = LEAST_PRIVILEGE.split(' ');
  await server.witness.command('ACL', 'SETUSER', 'worker', 'reset', 'on', '>secret', ...rights);
  return Batches.open(`redis://worker:secret@127.0.0.1:${server.redis.port}`);
}

async function without(right: string): Promise<void> {
  await server.witness.command('ACL', 'SETUSER', 'worker', `-${right}`);
}

suite('without one right', () => {
  for (const right of ['spublish', 'pubsub|shardnumsub', 'zrem', 'zrange', 'set', 'time']) {
    test(`${right}: a lock is not handed off, nor given back, and all stays`, async () => {
      using batches = await open();
      await batches.send(
        acquire('lock:a', 'me/1', { ttl: 3_600_000 }),
        acquire('lock:a', 'me/2', { ttl: 3_600_000, enqueue: true }),
      );
      const before = await dump(server.witness);
      await without(right);
      refused(
        await batches.send(batches.release('lock:a', 'me/1'), {
          kind: 'forceRelease',
          key: 'lock:a',
        }),
      );
      refused(await batches.send({ kind: 'cancel', key: 'lock:a', token: 'me/1', ttl: 3_600_000 }));
      assert.deepEqual(await dump(server.witness), before);
      await server.witness.command('ACL', 'SETUSER', 'worker', `+${right}`);
      assert.equal(handedTo(await batches.ask(batches.release('lock:a', 'me/1'))), 'me/2');
    });
  }

  for (const right of ['pexpire', 'zadd', 'zscore', 'pubsub|shardnumsub', 'set', 'time', 'pttl']) {
    test(`${right}: nobody is put into a line`, async () => {
      using batches = await open();
      await batches.send(acquire('lock:a', 'me/1'));
      const before = await dump(server.witness);
      await without(right);
      refused(await batches.send(acquire('lock:a', 'me/2', { enqueue: true })));
      assert.deepEqual(await dump(server.witness), before);
    });
  }

  for (const right of ['exists', 'time', 'set', 'spublish', 'pubsub|shardnumsub', 'zrange']) {
    test(`${right}: what else is in the batch is done as it is answered`, async () => {
      using batches = await open();
      await batches.send(
        ...['a', 'b', 'c'].map((name) => acquire(`lock:${name}`, 'me/1', { ttl: 3_600_000 })),
      );
      await batches.send(acquire('lock:a', 'me/2', { enqueue: true }));
      await without(right);
      const answers = await batches.send(
        batches.renew('lock:b', 'me/1', 7_200_000),
        acquire('lock:d', 'me/3'),
        batches.release('lock:c', 'me/1'),
      );
      const [renewed, taken, released] = answers.map((answer) => !(answer instanceof Error));
      const stored = (key: string): Promise<unknown> => server.witness.command('EXISTS', key);
      assert.equal(renewed, true);
      assert.equal(Number(await server.witness.command('PTTL', 'lock:b')) > 3_700_000, true);
      assert.equal(await stored('lock:d'), taken ? 1 : 0);
      assert.equal(await stored('lock:c'), released ? 0 : 1);
    });
  }
});

suite('a memory that is full', () => {
  test('keeps no lock from being taken, kept, waited for, and given back', async () => {
    await using redis = await startRedis();
    await using admin = await RawClient.open(redis.url);
    using batches = await Batches.open(redis.url);
    await batches.send(acquire('lock:a', 'me/1'));
    await admin.command('CONFIG', 'SET', 'maxmemory', '1');
    await assert.rejects(admin.command('SET', 'x', 'y'), /OOM/);
    const answers = await batches.send(
      batches.renew('lock:a', 'me/1'),
      acquire('lock:b', 'me/1'),
      acquire('lock:a', 'me/2', { enqueue: true }),
    );
    assert.deepEqual(kindsOf(answers), ['renewed', 'granted', 'waiting']);
    assert.equal(handedTo(await batches.ask(batches.release('lock:a', 'me/1'))), 'me/2');
    assert.match(String(await admin.command('GET', 'lock:a')), /^me\/2 /);
  });
});

suite('a server that may not write', () => {
  const states: [state: string, code: RegExp, ...setting: string[]][] = [
    ['too few replicas', /NOREPLICAS/, 'min-replicas-to-write', '1'],
    ['a replica', /READONLY/],
  ];
  for (const [state, code, ...setting] of states) {
    test(`refuses a batch as a whole: ${state}`, async () => {
      await using redis = await startRedis();
      await using master = await startRedis();
      await using admin = await RawClient.open(redis.url);
      using batches = await Batches.open(redis.url);
      await batches.send(acquire('lock:a', 'me/1'), acquire('lock:b', 'me/1'));
      if (setting.length > 0) await admin.command('CONFIG', 'SET', ...setting);
      else {
        // One that cannot reach its master keeps what it has.
        await master.stop();
        await admin.command('REPLICAOF', '127.0.0.1', String(master.port));
      }
      const before = await dump(admin);
      const batch = encode([
        batches.renew('lock:a', 'me/1'),
        batches.release('lock:b', 'me/1'),
        acquire('lock:c', 'me/1'),
        acquire('lock:a', 'me/2', { enqueue: true }),
        { kind: 'forceRelease', key: 'lock:a' },
      ]);
      await assert.rejects(admin.command(...batch), code);
      assert.deepEqual(await dump(admin), before);
    });
  }
});

test('a line that is no line is an error that names the data type, and the lock stays', async () => {
  using batches = await Batches.open(server.redis.url);
  await batches.send(acquire('lock:a', 'me/1'), acquire('lock:b', 'me/1'));
  await batches.send(acquire('lock:b', 'me/2', { enqueue: true }));
  await server.witness.command('RPUSH', QUEUE, 'x');
  const before = await dump(server.witness);
  refused(await batches.send(batches.release('lock:a', 'me/1')));
  assert.deepEqual(await dump(server.witness), before);
  await server.witness.command('DEL', QUEUE);
  assert.deepEqual(kindsOf(await batches.send(batches.release('lock:a', 'me/1'))), ['released']);
});
