import { assertLocked, Locked, UseLocker } from '@holdfast/decorators';
import type { Locker } from '@holdfast/core';
import type { Database } from './database.js';

/** A write came from a holder that has been succeeded: its lock was lost, and it did not know. */
export class StaleTokenError extends Error {
  override readonly name: string = 'StaleTokenError';
}

/** Accounts in a database that remembers the highest fencing token, and refuses lower ones. */
export class Accounts {
  @UseLocker() readonly locker: Locker;
  readonly #database: Database;

  constructor(locker: Locker, database: Database) {
    this.locker = locker;
    this.#database = database;
  }

  createTable(): void {
    this.#database.run(
      'CREATE TABLE accounts (id TEXT PRIMARY KEY, balance INTEGER, fencing_token INTEGER)',
    );
  }

  open(id: string): void {
    this.#database.run('INSERT INTO accounts VALUES (?, 0, 0)', id);
  }

  balance(id: string): number {
    return Number(this.#database.read('SELECT balance FROM accounts WHERE id = ?', id));
  }

  /**
   * Adds to a balance that it has read before. A lease of 200 ms that is not renewed is what a
   * process has that stops for a while: a long garbage collection, a suspended machine.
   */
  @Locked('account:{0}', { ttl: '200ms', renew: false, onLost: 'ignore' })
  async deposit(id: string, amount: number, interruption?: Promise<unknown>): Promise<number> {
    const { fencingToken } = assertLocked(`account:${id}`);
    const balance = this.balance(id) + amount;
    await interruption;
    this.#write(id, balance, fencingToken);
    return balance;
  }

  #write(id: string, balance: number, fencingToken: number): void {
    const changed = this.#database.run(
      'UPDATE accounts SET balance = ?, fencing_token = ? WHERE id = ? AND fencing_token <= ?',
      balance,
      fencingToken,
      id,
      fencingToken,
    );
    if (changed === 0) throw new StaleTokenError(`Token ${fencingToken} has been succeeded.`);
  }
}
