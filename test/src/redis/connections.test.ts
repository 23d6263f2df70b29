/** How many connections a locker has for its commands. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { suite, test } from 'node:test';
import { createLocker, type DiagnosticMessages, type LockerOptions } from '@holdfast/core';
import { oneServer } from './one-server.js';

const server = oneServer();

/** Counts the connections that were opened for commands while so many callers took locks at once. */
async function openedBy(callers: number, options: LockerOptions = {}): Promise<number> {
  let opened = 0;
  const count = (message: unknown): void => {
    const { state, purpose } = message as DiagnosticMessages['holdfast:connection'];
    if (state === 'open' && purpose === 'commands') opened += 1;
  };
  subscribe('holdfast:connection', count);
  try {
    await using locker = await createLocker({ url: server.redis.url, ...options });
    for (let round = 0; round < 20; round += 1) {
      const names = Array.from({ length: callers }, (_, place) => `of caller ${place}`);
      await Promise.all(names.map((name) => locker.using(name, () => {})));
    }
  } finally {
    unsubscribe('holdfast:connection', count);
  }
  return opened;
}

suite('a locker', () => {
  test('has one connection for callers who come one after the other', async () => {
    assert.equal(await openedBy(1), 1);
  });

  test('opens another for a crowd, though one batch would take it', async () => {
    assert.equal(await openedBy(200), 2);
  });

  test('opens no more than the maximum', async () => {
    assert.equal(await openedBy(2_000, { pool: { max: 1 } }), 1);
    assert.equal(await openedBy(2_000, { pool: { max: 3 } }), 3);
  });

  test('opens the minimum at once', async () => {
    assert.equal(await openedBy(1, { pool: { min: 4 } }), 4);
  });
});
