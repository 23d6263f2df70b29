import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { getLockMetadata, Locked, LockKey } from '@holdfast/decorators';
import { lockKeySuite } from './lock-key-suite.js';

lockKeySuite('@LockKey with reflect-metadata');

describe('@LockKey in the metadata of a method', () => {
  class Invoices {
    @Locked('invoice')
    async charge(@LockKey('id') _invoice: object, _amount: number): Promise<void> {}
  }

  test('its marks are kept where tools of other packages find them', () => {
    assert.deepEqual(Reflect.getMetadata('holdfast:lock-key', Invoices.prototype, 'charge'), [
      { kind: 'path', index: 0, properties: ['id'] },
    ]);
  });

  test('types that the compiler emits are still there', () => {
    const types = Reflect.getMetadata('design:paramtypes', Invoices.prototype, 'charge') as unknown;
    assert.deepEqual(types, [Object, Number]);
  });
});

describe('a second copy of reflect-metadata', () => {
  const load = (): void => {
    const require = createRequire(import.meta.url);
    delete require.cache[require.resolve('reflect-metadata')];
    require('reflect-metadata');
  };
  const Tag = (value: string) => (_: object, __: string, descriptor: PropertyDescriptor) =>
    Reflect.defineMetadata('tag', value, descriptor.value as object);

  test('what was kept before it came is found after, and the other way round', () => {
    class Before {
      @Locked('before')
      @Tag('of the first')
      async work(@LockKey() _id: number): Promise<void> {}
    }
    load();
    class After {
      @Locked('after')
      @Tag('of the second')
      async work(@LockKey() _id: number): Promise<void> {}
    }
    assert.equal(Reflect.getMetadata('tag', Before.prototype.work), 'of the first');
    assert.equal(Reflect.getMetadata('tag', After.prototype.work), 'of the second');
    for (const definition of [Before, After]) {
      assert.deepEqual(getLockMetadata(definition, 'work')[0]?.parts, ['{0}']);
    }
  });
});
