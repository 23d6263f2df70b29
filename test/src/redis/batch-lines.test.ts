/** What the script does to a line: who is told, who is passed over, and how far one step goes. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startRedis } from '@holdfast/support';
import {
  BATCH_BUDGET,
  HAND_OFF_BUDGET,
  LEAST_BUDGET,
} from '../../../packages/core/dist/store/protocol.js';
import { eventually, until } from '../contract/patience.js';
import { acquire, Batches, handedTo, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';
import { RawClient } from './raw-client.js';
import { Subscriber } from './subscriber.js';

const server = oneServer();

/** Holds each lock, and has so many waiters of a process that is gone in front of one that lives. */
async function haunt(batches: Batches, ...lines: [key: string, ghosts: number][]): Promise<void> {
  for (const [key, count] of lines) {
    await batches.send(acquire(key, 'me/holder'), acquire(key, 'me/waiter', { enqueue: true }));
    const members = Array.from({ length: count }, (_, n) => [String(n), `gone/${n} 60000`]);
    if (count > 0) await server.witness.command('ZADD', queueOf(key), ...members.flat());
  }
}

suite('look before publishing', () => {
  test('a waiter that is passed over here is told nothing, also where the server is copied', async () => {
    await server.witness.command('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
    await using replica = await startRedis({
      args: ['--replicaof', '127.0.0.1', String(server.redis.port)],
    });
    // It waited when the replica was the master, and nobody closed its connection.
    await using elsewhere = await Subscriber.open(replica.url, 'holdfast:wake:moved');
    await using admin = await RawClient.open(replica.url);
    const synced = async (): Promise<boolean> =>
      /master_link_status:up/.test(String(await admin.command('INFO', 'replication')));
    await until(synced, 'the replica follows');
    using batches = await Batches.open(server.redis.url);
    await batches.send(acquire('lock:a', 'me/1'), acquire('lock:a', 'me/2', { enqueue: true }));
    await server.witness.command('ZADD', queueOf('lock:a'), '1', 'moved/1 60000');
    await batches.ask(batches.release('lock:a', 'me/1'));
    assert.match(String(await server.witness.command('GET', 'lock:a')), /^me\/2 /);
    // What is published on the link comes in its order.
    await server.witness.command('SPUBLISH', 'holdfast:wake:moved', 'the end');
    await eventually(elsewhere.heard('the end'), 'the last message');
    assert.deepEqual(elsewhere.messages, ['the end']);
  });

  test('who asks and cannot be told is not put into the line', async () => {
    using holder = await Batches.open(server.redis.url, { locker: 'holder' });
    using batches = await Batches.open(server.redis.url, { listens: false });
    await holder.ask(acquire('lock:a', 'holder/1'));
    const answers = await batches.send(
      acquire('lock:a', 'me/1', { enqueue: true }),
      acquire('lock:a', 'me/2'),
      acquire('lock:b', 'me/3', { enqueue: true }),
    );
    assert.deepEqual(kindsOf(answers), ['deaf', 'busy', 'granted']);
    const [deaf] = answers;
    assert.ok(deaf !== undefined && 'holderTtl' in deaf && deaf.holderTtl > 50_000);
    assert.equal(await server.witness.command('EXISTS', queueOf('lock:a')), 0);
  });

  test('who stands in line and cannot be told any more keeps the place, and the line its life', async () => {
    using holder = await Batches.open(server.redis.url, { locker: 'holder' });
    using batches = await Batches.open(server.redis.url, { listens: false });
    await holder.ask(acquire('lock:a', 'holder/1'));
    await server.witness.command('ZADD', queueOf('lock:a'), '17', 'me/1 60000');
    const again = acquire('lock:a', 'me/1', { enqueue: true });
    assert.deepEqual(kindsOf(await batches.send(again)), ['deaf']);
    assert.equal(await server.witness.command('ZSCORE', queueOf('lock:a'), 'me/1 60000'), '17');
    assert.ok(Number(await server.witness.command('PTTL', queueOf('lock:a'))) > 20_000);
    // And at the head of the line, it is told by the answer itself.
    await holder.ask(holder.release('lock:a', 'holder/1'));
    await server.witness.command('ZADD', queueOf('lock:a'), '17', 'me/1 60000');
    assert.deepEqual(kindsOf(await batches.send(again)), ['granted']);
  });
});

suite('dead waiters', () => {
  test('of one lock do not delay the living one of another that is given back with it', async () => {
    using batches = await Batches.open(server.redis.url);
    await haunt(batches, ['lock:a', HAND_OFF_BUDGET], ['lock:b', LEAST_BUDGET - 1]);
    const [one, other] = await batches.send(
      batches.release('lock:a', 'me/holder'),
      batches.release('lock:b', 'me/holder'),
    );
    assert.deepEqual(one, { kind: 'released', next: undefined, more: true });
    assert.equal(handedTo(other), 'me/waiter');
    assert.equal(await server.witness.command('EXISTS', 'lock:a'), 0);
    assert.deepEqual(await batches.ask({ kind: 'advance', key: 'lock:a' }), {
      kind: 'advanced',
      more: false,
    });
    await until(() => batches.grants.length === 2, 'both are told');
    assert.deepEqual(batches.grants, ['lock:b me/waiter', 'lock:a me/waiter']);
  });

  test('are cleared away no further than the bound of a batch, by each at least a few', async () => {
    using batches = await Batches.open(server.redis.url);
    const full = BATCH_BUDGET / HAND_OFF_BUDGET;
    const keys = Array.from({ length: full + 2 }, (_, n) => `lock:${n}`);
    await haunt(batches, ...keys.map((key) => [key, HAND_OFF_BUDGET + 1] as [string, number]));
    const answers = await batches.send(...keys.map((key) => batches.release(key, 'me/holder')));
    for (const answer of answers) {
      assert.deepEqual(answer, { kind: 'released', next: undefined, more: true });
    }
    const left = keys.map((key) => server.witness.command('ZCARD', queueOf(key)));
    assert.deepEqual(
      await Promise.all(left),
      keys.map((_, n) => 2 + (n < full ? 0 : HAND_OFF_BUDGET - LEAST_BUDGET)),
    );
  });

  test('that are more than one step may clear away: a cancel and a forced release say so, too', async () => {
    using batches = await Batches.open(server.redis.url);
    await haunt(batches, ['lock:a', HAND_OFF_BUDGET], ['lock:b', HAND_OFF_BUDGET]);
    const answers = await batches.send(
      { kind: 'cancel', key: 'lock:a', token: 'me/holder', ttl: 60_000 },
      { kind: 'forceRelease', key: 'lock:b' },
    );
    const [cancelled, forced] = answers;
    assert.deepEqual(cancelled, { kind: 'cancelled', more: true });
    assert.ok(forced && 'next' in forced && forced.next === undefined && forced.more);
    // Until the line has been gone on with, nobody overtakes it.
    assert.deepEqual(kindsOf(await batches.send(acquire('lock:a', 'me/1'))), ['busy']);
    assert.match(String(await server.witness.command('GET', 'lock:a')), /^me\/waiter /);
  });

  test('that are more than two steps may clear away take a third one', async () => {
    using batches = await Batches.open(server.redis.url);
    await haunt(batches, ['lock:a', 2 * HAND_OFF_BUDGET]);
    const advance = { kind: 'advance', key: 'lock:a' } as const;
    assert.deepEqual(await batches.ask(batches.release('lock:a', 'me/holder')), {
      kind: 'released',
      next: undefined,
      more: true,
    });
    assert.deepEqual(await batches.ask(advance), { kind: 'advanced', more: true });
    assert.deepEqual(await batches.ask(advance), { kind: 'advanced', more: false });
    await until(() => batches.grants.length === 1, 'the waiter is told');
  });
});

suite('a line is gone on with', () => {
  test('only where nobody holds the lock', async () => {
    using batches = await Batches.open(server.redis.url);
    await haunt(batches, ['lock:a', 0]);
    await server.witness.command('RPUSH', 'lock:list', 'somebody’s');
    const answers = await batches.send(
      ...['lock:a', 'lock:none', 'lock:list'].map((key) => ({ kind: 'advance', key }) as const),
    );
    for (const answer of answers) assert.deepEqual(answer, { kind: 'advanced', more: false });
    assert.match(String(await server.witness.command('GET', 'lock:a')), /^me\/holder /);
    await server.witness.command('DEL', 'lock:a');
    await batches.ask({ kind: 'advance', key: 'lock:a' });
    assert.match(String(await server.witness.command('GET', 'lock:a')), /^me\/waiter /);
    await until(() => batches.grants.length === 1, 'the waiter is told');
  });
});

suite('a waiter of a newer version at the head of the line', () => {
  const newer = [
    'you/1 60000 shared at-most-5',
    'you/1 60000 batch',
    'you/1/owner 60000 limit=5 weight=2',
  ];
  const versionError = /HOLDFAST_VERSION lock:a /;

  for (const member of newer) {
    test(`keeps its place: ${member}`, async () => {
      using batches = await Batches.open(server.redis.url);
      const line = (): Promise<unknown> =>
        server.witness.command('ZRANGE', queueOf('lock:a'), '0', '0');
      const freeings = [
        () => batches.ask(batches.release('lock:a', 'me/holder')),
        () => batches.ask({ kind: 'forceRelease', key: 'lock:a' }),
        () => batches.ask({ kind: 'cancel', key: 'lock:a', token: 'me/holder', ttl: 60_000 }),
      ];
      for (const free of freeings) {
        await server.witness.command('FLUSHALL');
        await haunt(batches, ['lock:a', 1]);
        await server.witness.command('ZADD', queueOf('lock:a'), '2', member);
        const freed = await free();
        assert.ok(!(freed instanceof Error) && 'more' in freed && !freed.more);
        assert.equal(await server.witness.command('EXISTS', 'lock:a'), 0);
        assert.deepEqual(await line(), [member]);
      }
      for (const operation of [
        acquire('lock:a', 'me/1'),
        acquire('lock:a', 'me/waiter', { enqueue: true }),
        { kind: 'advance', key: 'lock:a' } as const,
      ]) {
        const answer = await batches.ask(operation);
        assert.ok(answer instanceof Error, JSON.stringify(answer));
        assert.match(answer.message, versionError);
      }
      assert.deepEqual(await line(), [member]);
      assert.equal(await server.witness.command('EXISTS', 'lock:a'), 0);
      // Behind it, who waits waits on, as long as the lock is held.
      await server.witness.command('SET', 'lock:a', 'you/2 17 shared', 'PX', '60000');
      assert.deepEqual(kindsOf(await batches.send(acquire('lock:a', 'me/2', { enqueue: true }))), [
        'waiting',
      ]);
    });
  }

  test('is served where nothing but its owner is new', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(acquire('lock:a', 'me/1'));
    await batches.send(acquire('lock:a', 'me/2/order-service:host-7', { enqueue: true }));
    await batches.ask(batches.release('lock:a', 'me/1'));
    await until(() => batches.grants.length === 1, 'the waiter is told');
    assert.deepEqual(batches.grants, ['lock:a me/2/order-service:host-7']);
  });
});

function queueOf(key: string): string {
  return `holdfast:queue:${key}`;
}
