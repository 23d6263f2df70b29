/**
 * A worker passes its fencing token to the database, and the database refuses older ones: so an
 * update is not lost although its holder outlived its lock.
 *
 * `REDIS_URL=redis://localhost:6379 node examples/dist/fencing/main.js`
 */
import { createLocker } from '@holdfast/core';
import { Accounts, StaleTokenError } from './accounts.js';
import { openDatabase } from './database.js';

await using slow = await createLocker();
await using quick = await createLocker();
const database = await openDatabase();
const accounts = new Accounts(slow, database);
const others = new Accounts(quick, database);
accounts.createTable();
accounts.open('7');

console.log(`database: ${database.engine}`);
console.log(`a deposit in time: ${await accounts.deposit('7', 10)}`);

// The slow worker has read the balance, and is held up until another has worked under the same lock:
// that one waits until the lease of the first has run out.
let proceed = (): void => {};
const interruption = new Promise<void>((resolve) => {
  proceed = resolve;
});
const late = accounts.deposit('7', 100, interruption);
console.log(`another deposit: ${await others.deposit('7', 1)}`);
proceed();

try {
  await late;
  console.log('the late deposit overwrote the other one');
} catch (error) {
  if (!(error instanceof StaleTokenError)) throw error;
  console.log('the late deposit was refused');
}
console.log(`balance: ${accounts.balance('7')}`);
