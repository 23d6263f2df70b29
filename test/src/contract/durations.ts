import assert from 'node:assert/strict';
import type { AcquireOptions, Lock, Locker } from '@holdfast/core';
import type { Promises } from './scene.js';

const WRONG: readonly unknown[] = [
  '0s',
  '-1s',
  '1.0005s',
  0,
  -1,
  1.5,
  Number.NaN,
  -Infinity,
  Infinity,
  2 ** 31,
  '25 d',
  '5 parsecs',
  '100',
  '',
  's',
  '1s 500ms',
  ' 1s',
  '1S',
  '1e3ms',
  true,
  false,
  null,
  {},
  [1_000],
  10n,
  () => 1_000,
];

/** For `waitTimeout` these mean something. */
const RIGHT_FOR_WAITING: ReadonlySet<unknown> = new Set(['0s', 0, Infinity]);

type Call = (value: never) => Promise<unknown>;

async function assertRefused(
  call: Call,
  option: string,
  values: readonly unknown[],
): Promise<void> {
  for (const value of values) {
    await assert.rejects(call(value as never), (error) => {
      assert(error instanceof TypeError || error instanceof RangeError, String(error));
      assert.ok(error.message.startsWith(`${option}: `), error.message);
      return true;
    });
  }
}

function callsWithTtl(locker: Locker, lock: Lock): readonly Call[] {
  const json = lock.toJSON();
  return [
    (ttl) => locker.acquire('order:43', { ttl }),
    (ttl) => locker.tryAcquire('order:43', { ttl }),
    (ttl) => locker.using('order:43', { ttl }, () => assert.fail('not to be called')),
    (ttl) => locker.adopt(json, { ttl }),
    (ttl) => lock.renew(ttl),
  ];
}

export function durations(promises: Promises): void {
  promises('a ttl that is none is refused by every call that takes one', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42');
    for (const call of callsWithTtl(locker, lock)) {
      await assertRefused(call, 'ttl', [...WRONG, 9]);
    }
    assert.equal(lock.held, true);
    assert.equal(lock.toJSON().ttl, 30_000);
  });

  promises('a waitTimeout that is none is refused', async (scene) => {
    const locker = await scene.locker();
    const values = WRONG.filter((value) => !RIGHT_FOR_WAITING.has(value));
    const calls: readonly Call[] = [
      (waitTimeout) => locker.acquire('order:42', { waitTimeout }),
      (waitTimeout) => locker.using('order:42', { waitTimeout }, () => assert.fail('called')),
    ];
    for (const call of calls) await assertRefused(call, 'waitTimeout', values);
  });

  promises('a locker refuses durations that are none', async (scene) => {
    for (const option of ['ttl', 'connectTimeout', 'commandTimeout'] as const) {
      await assertRefused((value) => scene.locker({ [option]: value }), option, WRONG.slice(0, -1));
    }
    const values = WRONG.filter((value) => !RIGHT_FOR_WAITING.has(value));
    await assertRefused((value) => scene.locker({ waitTimeout: value }), 'waitTimeout', values);
  });

  promises('durations are milliseconds, or a number with a unit', async (scene) => {
    const locker = await scene.locker();
    const spellings: readonly [AcquireOptions['ttl'], number][] = [
      [10, 10],
      ['500ms', 500],
      ['30s', 30_000],
      ['2 m', 120_000],
      ['1.5h', 5_400_000],
      ['1 d', 86_400_000],
      [2 ** 31 - 1, 2 ** 31 - 1],
    ];
    for (const [ttl, milliseconds] of spellings) {
      await using lock = await locker.acquire('order:42', { ttl: '1h' });
      await lock.renew(ttl);
      assert.equal(lock.toJSON().ttl, milliseconds);
    }
  });

  promises('a waitTimeout of no time in any spelling tries once', async (scene) => {
    const locker = await scene.locker();
    await using _ = await locker.acquire('order:42', { waitTimeout: Infinity });
    for (const waitTimeout of [0, '0s', '0 ms'] as const) {
      await assert.rejects(locker.acquire('order:42', { waitTimeout }), {
        code: 'ACQUIRE_TIMEOUT',
      });
    }
  });
}
