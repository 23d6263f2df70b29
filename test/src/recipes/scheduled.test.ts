import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Locker } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import { type Database, openDatabase } from '../../../examples/dist/fencing/database.js';
import { runOnce } from '../../../examples/dist/recipes/scheduled.js';
import { aborted } from '../contract/patience.js';
import { oneServer } from '../redis/one-server.js';
import { transactions } from './transactions.js';

const server = oneServer();

const NIGHT = { job: 'invoices', time: '2026-11-26' } as const;

async function openRuns(): Promise<Database> {
  const database = await openDatabase();
  database.run('CREATE TABLE runs (job TEXT, time TEXT, PRIMARY KEY (job, time))');
  database.run('CREATE TABLE invoices (id INTEGER)');
  return database;
}

function invoices(database: Database): unknown {
  return database.read('SELECT COUNT(*) FROM invoices');
}

test('a lock alone lets a machine that is a moment late run the job again', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  let runs = 0;
  const begin = async (): Promise<void> => {
    await using lock = await locker.tryAcquire('job:invoices');
    if (lock !== null) runs += 1;
  };
  await begin();
  await begin();
  assert.equal(runs, 2);
});

test('a lock that outlives the job keeps a machine that is a moment late from it', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  let runs = 0;
  class Machine {
    @UseLocker() readonly locker: Locker;

    constructor(locker: Locker) {
      this.locker = locker;
    }

    @Locked('job:invoices', { onBusy: 'skip', holdAtLeast: '1m' })
    async run(): Promise<void> {
      runs += 1;
    }
  }
  await new Machine(one).run();
  await new Machine(other).run();
  assert.equal(runs, 1);
});

test('with a mark the job runs once, whoever begins it, at once or later', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  const database = await openRuns();
  const run = (locker: Locker): Promise<boolean> =>
    runOnce(locker, transactions(database), NIGHT, async (insert) => {
      await insert('INSERT INTO invoices VALUES (1)');
    });
  const atOnce = await Promise.all([run(one), run(other), run(one)]);
  const later = await run(other);
  assert.equal([...atOnce, later].filter((isOurs) => isOurs).length, 1);
  assert.equal(invoices(database), 1);
});

test('a job that failed in the middle has done nothing, and runs when it is begun again', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  const database = await openRuns();
  const failure = new Error('the printer is out of paper');
  const failing = runOnce(locker, transactions(database), NIGHT, async (insert) => {
    await insert('INSERT INTO invoices VALUES (1)');
    throw failure;
  });
  await assert.rejects(failing, failure);
  assert.equal(invoices(database), 0);
  const again = runOnce(locker, transactions(database), NIGHT, async (insert) => {
    await insert('INSERT INTO invoices VALUES (1)');
  });
  assert.equal(await again, true);
  assert.equal(invoices(database), 1);
});

test('a job that lost its lock leaves its work to whoever has it now', async () => {
  await using slow = await createLocker({ url: server.redis.url, ttl: 300 });
  await using quick = await createLocker({ url: server.redis.url });
  const database = await openRuns();
  const overtaken = runOnce(slow, transactions(database), NIGHT, async (insert, signal) => {
    await insert('INSERT INTO invoices VALUES (1)');
    await quick.forceRelease('job:invoices:2026-11-26');
    await aborted(signal);
  });
  await assert.rejects(overtaken, { name: 'LockLostError' });
  assert.equal(invoices(database), 0);
  assert.equal(await runOnce(quick, transactions(database), NIGHT, async () => {}), true);
});
