import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { createClient } from 'redis';
import {
  countAround,
  countInside,
  type InTransaction,
} from '../../../examples/dist/recipes/transaction.js';
import { oneServer } from '../redis/one-server.js';
import { meeting } from './meeting.js';

const server = oneServer();

const COUNTS = 20;

/** Transactions of Redis: what they write is there when they are committed, by `EXEC`. */
async function open(beforeCommit: () => Promise<void>): Promise<InTransaction & AsyncDisposable> {
  const client = createClient({ url: server.redis.url });
  await client.connect();
  const inTransaction: InTransaction = async (work) => {
    const transaction = client.multi();
    await work({
      read: async () => Number(await client.get('counter')),
      write: async (value) => {
        transaction.set('counter', value);
      },
    });
    await beforeCommit();
    await transaction.exec();
  };
  return Object.assign(inTransaction, { [Symbol.asyncDispose]: async () => client.destroy() });
}

test('a lock around the transaction: every increment is there', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  await using inTransaction = await open(async () => {});
  const counts = Array.from({ length: COUNTS }, (_, index) =>
    countAround(index % 2 === 0 ? one : other, inTransaction),
  );
  await Promise.all(counts);
  assert.equal(await server.witness.command('GET', 'counter'), String(COUNTS));
});

test('a lock inside the transaction: increments are lost, although nobody lost the lock', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  // Commits are slow: all have had their turn under the lock before the first of them.
  await using inTransaction = await open(meeting(COUNTS));
  const counts = Array.from({ length: COUNTS }, (_, index) =>
    countInside(index % 2 === 0 ? one : other, inTransaction),
  );
  await Promise.all(counts);
  assert.equal(await server.witness.command('GET', 'counter'), '1');
});
