import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createLocker, memoryStore } from '@holdfast/core';
import { HoldfastInstrumentation, METRIC } from '@holdfast/opentelemetry';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { Collected } from './collected.js';

test('a bad option is refused, and named', () => {
  for (const [config, message] of [
    [null, /the options are not an object/],
    [[], /the options are not an object/],
    [{ groups: () => '' }, /no option 'groups'; there are enabled, group, lockNames/],
    [{ group: 'order' }, /group: 'order' is not a function/],
    [{ lockNames: 1 }, /lockNames: 1 is not a boolean/],
    [{ enabled: 'no' }, /enabled: 'no' is not a boolean/],
  ] as const) {
    const wrong = config as never;
    assert.throws(() => new HoldfastInstrumentation(wrong), { name: 'TypeError', message });
    using instrumentation = disabled();
    assert.throws(() => instrumentation.it.setConfig(wrong), { name: 'TypeError', message });
  }
});

function disabled(): Disposable & { readonly it: HoldfastInstrumentation } {
  const it = new HoldfastInstrumentation({ enabled: false });
  return { it, [Symbol.dispose]: () => it.disable() };
}

test('it tells under the version of its package', async () => {
  const path = new URL('../../../packages/opentelemetry/package.json', import.meta.url);
  const { name, version } = JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
  using instrumentation = disabled();
  const { instrumentationName, instrumentationVersion } = instrumentation.it;
  assert.deepEqual([instrumentationName, instrumentationVersion], [name, version]);
});

test('what is going on when it is disabled is not counted any more, and nothing after', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  const { instrumentation } = told;
  const lock = await locker.acquire('order:42');
  const waits = locker.acquire('order:42');
  instrumentation.disable();
  assert.equal(await told.total(METRIC.holdActive), 0);
  assert.equal(await told.total(METRIC.acquireActive), 0);
  assert.deepEqual(
    told.spans.map(({ name }) => name),
    ['acquire', 'acquire', 'hold'],
  );
  await lock.release();
  await (await waits).release();
  await (await locker.acquire('order:7')).release();
  assert.equal(told.spans.length, 3);
  instrumentation.enable();
  instrumentation.enable();
  await (await locker.acquire('order:7')).release();
  assert.equal(told.spans.length, 5);
  assert.equal(await told.total(METRIC.holdActive), 0);
});

test('options can be changed while it runs', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  told.instrumentation.setConfig({ group: (name) => `of ${name}` });
  await (await locker.acquire('order:42')).release();
  assert.ok(told.span('hold of order:42'));
});

const silent = (): void => {};

test('a grouping that fails, or gives no word, is logged and fails no call', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  const errors: string[] = [];
  const log = (message: string): void => void errors.push(message);
  const logger = { error: log, warn: silent, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, DiagLogLevel.ERROR);
  try {
    for (const [group, error] of [
      [() => 7 as never, /gave no string/],
      [
        () => {
          throw new Error('none');
        },
        /the option group failed/,
      ],
    ] as const) {
      await using told = new Collected({ group });
      await (await locker.acquire('order:42')).release();
      assert.deepEqual(
        told.spans.map(({ name }) => name),
        ['acquire', 'hold'],
      );
      assert.match(errors.pop() ?? '', error);
    }
  } finally {
    diag.disable();
  }
});
