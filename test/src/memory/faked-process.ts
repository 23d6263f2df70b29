/**
 * A process in which everything is faked that can be, before the library is loaded: as under jest with
 * `enableGlobally`. No test runner survives that in its own process.
 */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { useFakeTimers } from 'sinon';

const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;
const overdue = startTimer(() => process.exit(1), 60_000);
if (process.argv[3] === 'sinon') {
  useFakeTimers({
    now: 0,
    toFake: [
      'Date',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'setInterval',
      'setTimeout',
    ],
  });
} else {
  mock.timers.enable();
}
const { AcquireTimeoutError, createLocker, memoryStore } = await import('@holdfast/core');
const { Locked } = await import('@holdfast/decorators');

const isManual = process.argv[2] === 'manual';
const manual = memoryStore({ clock: 'manual' });
const store = isManual ? manual : memoryStore();
const locker = await createLocker({ store });
const other = await createLocker({ store });

// It is renewed meanwhile, and handed on in the end.
const lock = await locker.acquire('order:42', { ttl: 900 });
const busy = assert.rejects(other.acquire('order:42', { waitTimeout: 1_200 }), AcquireTimeoutError);
if (isManual) await manual.advance(1_200);
await busy;
assert.equal(lock.held, true);
const next = other.acquire('order:42');
await lock.release();
await (await next).release();

// It is not renewed, and lost.
const brief = await locker.acquire('order:42', { ttl: 300, renew: false });
const lost = new Promise((resolve) => {
  brief.signal.addEventListener('abort', resolve);
});
if (isManual) await manual.advance(300);
await lost;

class Jobs {
  @Locked('job', { locker })
  async run(): Promise<string> {
    return 'done';
  }
}

assert.equal(await new Jobs().run(), 'done');

await Promise.all([locker.close(), other.close()]);
stopTimer(overdue);
console.log('done');
