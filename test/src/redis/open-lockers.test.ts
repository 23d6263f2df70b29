import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import { startProxy } from '@holdfast/support';
import { eventually } from '../contract/patience.js';
import { oneServer } from './one-server.js';

const server = oneServer();

/** What was warned of while the work was done. */
async function warningsOf(work: () => Promise<unknown>): Promise<Error[]> {
  const warnings: Error[] = [];
  const listener = (warning: Error): void => {
    warnings.push(warning);
  };
  process.on('warning', listener);
  try {
    await work();
    // It comes in the next tick.
    await new Promise(setImmediate);
  } finally {
    process.off('warning', listener);
  }
  return warnings;
}

function openAll(url: string, count: number): Promise<Locker[]> {
  return Promise.all(Array.from({ length: count }, () => createLocker({ url })));
}

async function closeAll(lockers: readonly Locker[]): Promise<void> {
  await Promise.all(lockers.map((locker) => locker.close()));
}

test('lockers that are closed before others are opened are not counted with them', async () => {
  const warnings = await warningsOf(async () => {
    for (let round = 0; round < 3; round += 1) await closeAll(await openAll(server.redis.url, 10));
  });
  assert.deepEqual(warnings, []);
});

test('the eleventh that is open on a server at once is told of, once, with the address', async () => {
  // An address of its own: of each it is told once in a process.
  await using proxy = await startProxy({ port: server.redis.port });
  const warning = eventually(once(process, 'warning'), 'a warning');
  const warnings = await warningsOf(async () => {
    const lockers = await openAll(proxy.url, 10);
    await closeAll([...lockers, ...(await openAll(proxy.url, 12))]);
  });
  const [told] = (await warning) as [Error & { readonly code: string }];
  assert.deepEqual(warnings, [told]);
  assert.equal(told.name, 'HoldfastWarning');
  assert.equal(told.code, 'HOLDFAST_MANY_LOCKERS');
  assert.match(told.message, /^11 lockers of this process are open on redis:\/\/127/);
  assert.ok(told.message.includes(proxy.url));
});

test('lockers without a server are not counted', async () => {
  const store = memoryStore();
  const warnings = await warningsOf(async () => {
    await closeAll(await Promise.all(Array.from({ length: 12 }, () => createLocker({ store }))));
  });
  assert.deepEqual(warnings, []);
});
