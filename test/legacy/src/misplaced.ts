import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Locked } from '@holdfast/decorators';

test('on anything but a method it is refused when the class is defined', () => {
  const decorate = Locked('order:42') as unknown as (...args: readonly unknown[]) => void;
  class Service {}
  const misplaced: readonly (readonly unknown[])[] = [
    [Service],
    [Service.prototype, 'field'],
    [Service.prototype, 'field', undefined],
    [Service.prototype, 'accessor', { get: () => 1, configurable: true }],
    [Service.prototype, 'work', 0],
    [Service, undefined, 0],
  ];
  for (const args of misplaced) {
    const message = /^@Locked on Service\..+: it stands on something else than a method\.$/;
    assert.throws(() => decorate(...args), { name: 'TypeError', message });
  }
});
