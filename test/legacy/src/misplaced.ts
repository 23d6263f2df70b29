import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Locked } from '@holdfast/decorators';

test('on anything but a method it is refused when the class is defined', () => {
  const decorate = Locked('order:42') as unknown as (...args: readonly unknown[]) => void;
  class Service {}
  const misplaced: readonly (readonly [RegExp, ...(readonly unknown[])])[] = [
    [/^@Locked on Service\.constructor: it stands on a class,/, Service],
    [/^@Locked on Service\.field: it stands on a field\./, Service.prototype, 'field'],
    [/^@Locked on Service\.field: it stands on a field\./, Service.prototype, 'field', undefined],
    [/^@Locked on Service\.field: .* field\./, Service.prototype, 'field', { initializer: null }],
    [/: it stands on a getter or setter,/, Service.prototype, 'accessor', { get: () => 1 }],
    [/: it stands on a parameter,/, Service.prototype, 'work', 0],
    [/^@Locked on Service\.constructor: it stands on a parameter,/, Service, undefined, 0],
  ];
  for (const [message, ...args] of misplaced) {
    assert.throws(() => decorate(...args), { name: 'TypeError', message });
  }
});

test('what no dialect passes to decorators is an error that names the settings', () => {
  const decorate = Locked('order:42') as unknown as (...args: readonly unknown[]) => void;
  const known = `Set "experimentalDecorators": true in tsconfig.json, or compile standard decorators`;
  for (const args of [
    [{ method: 'work' }],
    [undefined],
    ['work', {}],
    [() => {}, { name: 'work' }],
  ]) {
    const message = new RegExp(`^@Locked: the compiler calls decorators with \\(.+\\), .*${known}`);
    assert.throws(() => decorate(...args), { name: 'TypeError', message });
  }
});
