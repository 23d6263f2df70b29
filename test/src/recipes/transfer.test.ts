import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcquireTimeoutError, createLocker, isLockLost, type Locker } from '@holdfast/core';
import { type Database, openDatabase } from '../../../examples/dist/fencing/database.js';
import { transfer } from '../../../examples/dist/recipes/transfer.js';
import { oneServer } from '../redis/one-server.js';
import { meeting } from './meeting.js';
import { transactions } from './transactions.js';

const server = oneServer();

const ACCOUNTS = ['anna', 'ben', 'clara'] as const;

async function openAccounts(): Promise<Database> {
  const database = await openDatabase();
  database.run('CREATE TABLE accounts (id TEXT PRIMARY KEY, balance INTEGER, fence BIGINT)');
  for (const id of ACCOUNTS) database.run('INSERT INTO accounts VALUES (?, 100, 0)', id);
  return database;
}

function balances(database: Database): unknown[] {
  return ACCOUNTS.map((id) => database.read('SELECT balance FROM accounts WHERE id = ?', id));
}

test('two locks in opposite orders wait for each other until a wait is over', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  const bothHaveOne = meeting(2);
  const take = (first: string, second: string): Promise<void> =>
    locker.using(`account:${first}`, async () => {
      await bothHaveOne();
      await locker.using(`account:${second}`, { waitTimeout: 200 }, () => {});
    });
  const results = await Promise.allSettled([take('anna', 'ben'), take('ben', 'anna')]);
  const failed = results.filter((result) => result.status === 'rejected');
  assert.ok(failed.length > 0);
  for (const { reason } of failed) assert.ok(reason instanceof AcquireTimeoutError);
});

test('transfers in all directions come to their end, and no money is lost', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  const database = await openAccounts();
  const accounts = transactions(database);
  const round = (locker: Locker): Promise<void>[] => [
    transfer(locker, accounts, { from: 'anna', to: 'ben', amount: 1 }),
    transfer(locker, accounts, { from: 'ben', to: 'anna', amount: 2 }),
    transfer(locker, accounts, { from: 'clara', to: 'anna', amount: 3 }),
  ];
  const rounds = Array.from({ length: 4 }, () => [...round(one), ...round(other)]);
  await Promise.all(rounds.flat());
  assert.deepEqual(balances(database), [132, 92, 76]);
});

test('a transfer that outlived its locks is refused as a whole', async () => {
  await using slow = await createLocker({ url: server.redis.url });
  await using quick = await createLocker({ url: server.redis.url });
  const database = await openAccounts();
  const order = { from: 'anna', to: 'ben', amount: 10 };
  const overtaken = transactions(database, async () => {
    await quick.forceRelease('account:ben');
    await quick.forceRelease('account:anna');
    await transfer(quick, transactions(database), { from: 'ben', to: 'clara', amount: 1 });
  });
  // Of the two accounts one has been written meanwhile: the other is left alone, too.
  await assert.rejects(transfer(slow, overtaken, order), (error) => isLockLost(error));
  assert.deepEqual(balances(database), [100, 99, 101]);
});
