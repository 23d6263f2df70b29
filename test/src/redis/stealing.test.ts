import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation, Waiting } from '../../../packages/core/dist/store/port.js';
import { until } from '../contract/patience.js';
import { acquire, Batches, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';
import { enter, SHARED } from './room-operations.js';

const server = oneServer();

function steal(key: string, token: string, since: number, enqueue = true): Operation {
  return { kind: 'acquire', key, token, ttl: 60_000, enqueue, ticket: undefined, steal: since };
}

const KEY = 'lock:a';
const LINE = `holdfast:queue:${KEY}`;

test('what is stolen is out of the line, and goes on to who waits', async () => {
  using batches = await Batches.open(server.redis.url);
  await batches.send(acquire(KEY, 'me/1'), acquire(KEY, 'me/2', { enqueue: true }));
  const first = (await batches.ask(steal(KEY, 'me/3', 0))) as Waiting;
  assert.deepEqual(await server.witness.command('ZRANGE', LINE, '0', '-1'), [
    'me/3 60000',
    'me/2 60000',
  ]);
  assert.deepEqual(kindsOf([await batches.ask(steal(KEY, 'me/3', first.asOf))]), ['granted']);
  assert.deepEqual(await server.witness.command('ZRANGE', LINE, '0', '-1'), ['me/2 60000']);
  await batches.send(batches.release(KEY, 'me/3'));
  await until(() => batches.grants.includes(`${KEY} me/2`), 'the next one is told');
});

test('what a client of another kind holds is stolen, and a key of another type is not', async () => {
  using batches = await Batches.open(server.redis.url);
  await server.witness.command('SET', KEY, 'somebody');
  assert.deepEqual(await batches.ask(steal(KEY, 'me/1', 0)), {
    kind: 'granted',
    fencingToken: await fencingTokenAt(KEY),
    already: false,
    more: false,
    from: { kind: 'foreign', value: 'somebody' },
  });
  await server.witness.command('RPUSH', 'lock:list', 'something');
  const answer = await batches.ask(steal('lock:list', 'me/2', 0));
  assert.deepEqual(answer, { kind: 'foreign', type: 'list', key: undefined });
});

test('a number that no clock of ours has given keeps nobody from stealing', async () => {
  using batches = await Batches.open(server.redis.url);
  await server.witness.command('SET', KEY, 'you/1 8999999999999999');
  assert.deepEqual(kindsOf([await batches.ask(steal(KEY, 'me/1', 0))]), ['granted']);
});

test('who may not stand in line is told that the lock is busy', async () => {
  using batches = await Batches.open(server.redis.url);
  await batches.send(acquire(KEY, 'me/1'));
  assert.deepEqual(kindsOf([await batches.ask(steal(KEY, 'me/2', 0, false))]), ['busy']);
  assert.equal(await server.witness.command('EXISTS', LINE), 0);
});

test('nothing is left of a room whose lock was stolen', async () => {
  using batches = await Batches.open(server.redis.url);
  await batches.send(enter(KEY, 'me/1', SHARED), enter(KEY, 'me/2', SHARED));
  const { asOf } = (await batches.ask(steal(KEY, 'me/3', 0))) as Waiting;
  const [answer] = await batches.send(steal(KEY, 'me/3', asOf));
  assert(answer !== undefined && 'from' in answer);
  assert.deepEqual(answer.from, { kind: 'room' });
  await batches.send(batches.release(KEY, 'me/3'));
  assert.deepEqual(await server.witness.command('KEYS', '*'), ['holdfast:clock']);
});

async function fencingTokenAt(key: string): Promise<number> {
  const value = await server.witness.command('GET', key);
  return Number(String(value).split(' ')[1]);
}
