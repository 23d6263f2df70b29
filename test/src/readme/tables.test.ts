import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createLocker, memoryStore } from '@holdfast/core';
import { Locked } from '@holdfast/decorators';

const ROOT = new URL('../../../', import.meta.url);
const FILES = ['README.md', 'packages/core/api.md', 'packages/decorators/README.md'];
const [readme, api, decorators] = await Promise.all(
  FILES.map((file) => readFile(new URL(file, ROOT), 'utf8')),
);

/** As legacy decorators get it. */
const METHOD = { value: async (): Promise<void> => {} };

/** The names in code type in the first cell of each row of the tables below a heading. */
function named(heading: string, document = readme): string[] {
  const [, after = ''] = document?.split(`\n${heading}\n`) ?? [];
  const section = after.split(/^#/m)[0] ?? '';
  const cells = [...section.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** What an error says of the options that there are. */
async function optionsOf(call: () => Promise<unknown>): Promise<string[]> {
  const message = await call().then(
    () => '',
    (error: unknown) => String(error),
  );
  return message.replace(/^.*there are |\.$/g, '').split(', ');
}

test('the README has every option of createLocker', async () => {
  const options = await optionsOf(() => createLocker({ nothing: 1 } as object));
  const names = named('### `createLocker(options?)`').map((name) => name.replace(/\..*/, ''));
  assert.deepEqual([...new Set(names)].toSorted(), options.toSorted());
});

test('the README has every option of using, which has all of acquire', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  const options = await optionsOf(() =>
    locker.using('order:42', { nothing: 1 } as object, () => {}),
  );
  const names = named('### `acquire`, `using`, `tryAcquire`, `adopt`');
  assert.deepEqual(names.toSorted(), options.toSorted());
});

test('the README of the decorators has every option of Locked', async () => {
  const decorate = Locked('order:42', { nothing: 1 } as object);
  const options = await optionsOf(async () => decorate({}, 'work', METHOD));
  assert.deepEqual(named('## Options', decorators).toSorted(), options.toSorted());
});

test('the README has every error with its code', () => {
  const classes = api?.matchAll(/class (\w+) extends Root \{(.*?)^\}/gms) ?? [];
  const errors = [...classes].map(([, name = '', body = '']) => {
    return `${name} ${/code = "(\w+)"/.exec(body)?.[1] ?? ''}`;
  });
  const [, after = ''] = readme?.split('\n## Errors\n') ?? [];
  const rows = [...after.matchAll(/^\| `(\w+Error)` +\| `(\w+)`/gm)];
  assert.deepEqual(rows.map(([, name, code]) => `${name} ${code}`).toSorted(), errors.toSorted());
});

/** The keys of an interface of the core. */
function keysOf(name: string): string[] {
  const [, body = ''] = new RegExp(`interface ${name} \\{(.*?)^\\}`, 'ms').exec(api ?? '') ?? [];
  return [...body.matchAll(/^ {4}'(holdfast:[\w-]+)':/gm)].map(([, key = '']) => key);
}

test('the README has every diagnostics channel', () => {
  const channels = keysOf('DiagnosticMessages');
  assert.ok(channels.length > 0);
  assert.deepEqual(named('## Diagnostics').toSorted(), channels.toSorted());
});

test('the README has every tracing channel', () => {
  assert.deepEqual(named('### Traces and metrics'), keysOf('TracingMessages'));
});
