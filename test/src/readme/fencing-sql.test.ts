import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createLocker, type Lock } from '@holdfast/core';
import { startRedis } from '@holdfast/support';
import { openDatabase } from '../../../examples/dist/fencing/database.js';

const README = new URL('../../../README.md', import.meta.url);

/** The statement of the README, with the parameters as SQLite numbers them. */
async function statement(): Promise<string> {
  const readme = await readFile(README, 'utf8');
  const [, sql = ''] = /```sql\n\s*(UPDATE .*?)\s*```/s.exec(readme) ?? [];
  assert.notEqual(sql, '', 'the README has the statement');
  return sql.replaceAll(/\$(\d)/g, '?$1');
}

test('under the SQL of the README a holder writes twice, and a stale one not at all', async () => {
  await using redis = await startRedis();
  await using locker = await createLocker({ url: redis.url });
  const sql = await statement();
  const database = await openDatabase();
  database.run('CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT, fence BIGINT)');
  database.run("INSERT INTO orders VALUES (42, 'new', 0), (43, 'new', 0)");
  const write = ({ fencingToken }: Lock): number => database.run(sql, 42, fencingToken);

  const stale = await locker.acquire('order:42');
  assert.equal(write(stale), 1);
  assert.equal(write(stale), 1);

  await locker.forceRelease('order:42');
  await using holder = await locker.acquire('order:42');
  assert.equal(write(holder), 1);
  assert.equal(write(stale), 0);
  assert.equal(write(holder), 1);

  assert.equal(database.read('SELECT fence FROM orders WHERE id = 42'), holder.fencingToken);
  assert.equal(database.read('SELECT state FROM orders WHERE id = 43'), 'new');
});
