/**
 * The core promises as a program, for any runtime: it keeps to what runtimes have in common, uses the
 * packages as they were installed, and has to end by itself. Locks are at REDIS_URL, or else in this
 * process.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  AcquireTimeoutError,
  createLocker,
  type DiagnosticMessages,
  isLockLost,
  type Locker,
  LockerClosedError,
  LockLostError,
  type LockJSON,
  memoryStore,
  RedisUnreachableError,
} from '@holdfast/core';

const { REDIS_URL } = process.env;
const where = REDIS_URL === undefined ? { store: memoryStore() } : { url: REDIS_URL };
const keyPrefix = `lock:${randomUUID()}:`;

function open(): Promise<Locker> {
  return createLocker({ ...where, keyPrefix });
}

/** Waits for what comes by itself: neither a held lock nor its signal keeps a process alive. */
async function eventually<T>(event: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 1_000);
  try {
    return await event;
  } finally {
    clearInterval(timer);
  }
}

/** Resolves when a renewal of that lock was confirmed. */
function renewed(token: string): Promise<void> {
  return new Promise((resolve) => {
    const listener = (message: unknown): void => {
      const renewal = message as DiagnosticMessages['holdfast:renewal'];
      if (renewal.token !== token || renewal.outcome !== 'renewed') return;
      unsubscribe('holdfast:renewal', listener);
      resolve();
    };
    subscribe('holdfast:renewal', listener);
  });
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const promises: Record<string, (mine: Locker, other: Locker) => Promise<void>> = {
  async 'one holder at a time'(mine, other) {
    await using lock = await mine.acquire('order:42');
    assert.equal(lock.held, true);
    assert.equal(await other.tryAcquire('order:42'), null);
    await using beside = await other.tryAcquire('order:43');
    assert.equal(beside?.held, true);
  },

  async 'a released lock is handed on in the order of arrival, with rising fencing tokens'(
    mine,
    other,
  ) {
    const first = await mine.acquire('order:42');
    const order: number[] = [];
    const tokens: number[] = [first.fencingToken];
    const waits = [1, 2, 3].map(async (number) => {
      await using lock = await other.acquire('order:42');
      order.push(number);
      tokens.push(lock.fencingToken);
    });
    await first.release();
    await Promise.all(waits);
    assert.deepEqual(order, [1, 2, 3]);
    assert.deepEqual(
      tokens,
      tokens.toSorted((one, two) => one - two),
    );
  },

  async 'a wait ends after its time'(mine, other) {
    await using _ = await mine.acquire('order:42');
    const busy = other.acquire('order:42', { waitTimeout: 50 });
    await assert.rejects(busy, AcquireTimeoutError);
  },

  async 'a wait ends when its signal aborts'(mine, other) {
    await using _ = await mine.acquire('order:42');
    const impatience = new AbortController();
    const wait = other.acquire('order:42', { signal: impatience.signal });
    impatience.abort(new Error('no more'));
    await assert.rejects(wait, /no more/);
  },

  async 'a held lock renews itself'(mine) {
    await using lock = await mine.acquire('order:42', { ttl: '1.5s' });
    await eventually(renewed(lock.token));
    assert.equal(lock.held, true);
    await lock.renew('1m');
    assert.ok(lock.remaining > 50_000);
  },

  async 'a lease that is not renewed ends at its deadline, and the next one has the lock'(
    mine,
    other,
  ) {
    const lock = await mine.acquire('order:42', { ttl: 200, renew: false });
    const wait = other.acquire('order:42');
    const { signal } = lock;
    await using next = await wait;
    assert.equal(lock.held, false);
    assert.equal(signal.aborted, true);
    assert.ok(signal.reason instanceof LockLostError);
    assert.ok(next.fencingToken > lock.fencingToken);
  },

  async 'a lock that is taken away is lost, and its holder is told'(mine, other) {
    const lock = await mine.acquire('order:42', { ttl: '1.5s' });
    const told = once(lock.signal, 'abort');
    assert.equal(await other.forceRelease('order:42'), true);
    await eventually(told);
    await assert.rejects(lock.release(), isLockLost);
  },

  async 'a callback runs under the lock'(mine, other) {
    const result = await mine.using('order:42', async (lock) => {
      assert.equal(await other.tryAcquire('order:42'), null);
      return lock.name;
    });
    assert.equal(result, 'order:42');
    await (await other.acquire('order:42', { waitTimeout: 0 })).release();
  },

  async 'a lock that is handed over is held by the other one alone'(mine, other) {
    const lock = await mine.acquire('order:42');
    const message = JSON.stringify(lock.handOver());
    assert.equal(lock.held, false);
    await using adopted = await other.adopt(JSON.parse(message) as LockJSON);
    assert.equal(adopted.fencingToken, lock.fencingToken);
    assert.equal(await mine.tryAcquire('order:42'), null);
  },

  async 'closing ends waits and gives held locks back'(mine, other) {
    const lock = await mine.acquire('order:42');
    const closing = await open();
    const wait = closing.acquire('order:42');
    const kept = await closing.acquire('order:43');
    const rejected = assert.rejects(wait, LockerClosedError);
    await closing.close();
    await rejected;
    assert.ok(kept.signal.reason instanceof LockLostError);
    assert.equal(kept.signal.reason.reason, 'closed');
    await (await other.acquire('order:43', { waitTimeout: 0 })).release();
    await lock.release();
  },

  async 'an outage is another error than a busy lock'() {
    const url = `redis://127.0.0.1:${await deadPort()}`;
    await assert.rejects(createLocker({ url, connectTimeout: '2s' }), RedisUnreachableError);
  },

  async 'the clock of a store for tests can be turned'() {
    const store = memoryStore({ clock: 'manual' });
    await using locker = await createLocker({ store });
    const lock = await locker.acquire('order:42', { ttl: '1h', renew: false });
    await store.advance('1h');
    assert.equal(lock.held, false);
  },
};

for (const [promise, keep] of Object.entries(promises)) {
  try {
    await using mine = await open();
    await using other = await open();
    await keep(mine, other);
  } catch (error) {
    throw new Error(`Broken: ${promise}`, { cause: error });
  }
}
console.log(`${Object.keys(promises).length} promises kept`);
