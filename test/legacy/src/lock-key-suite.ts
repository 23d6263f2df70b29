import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { after, before, describe, test } from 'node:test';
import { createLocker, type Locker, memoryStore, type TracingMessages } from '@holdfast/core';
import {
  currentLock,
  getLockMetadata,
  Locked,
  LockKey,
  setDefaultLocker,
} from '@holdfast/decorators';

interface Invoice {
  readonly id?: unknown;
  readonly customer?: { readonly id: unknown };
}

class Invoices {
  @Locked('invoice')
  async whole(@LockKey() _id: unknown): Promise<string | undefined> {
    return currentLock()?.name;
  }

  @Locked('invoice', '10s')
  async property(_reason: string, @LockKey('id') _invoice: Invoice): Promise<string | undefined> {
    return currentLock()?.name;
  }

  @Locked('{this.region}/{0.id}')
  async several(
    @LockKey('customer.id') @LockKey('id') _invoice: Invoice,
    @LockKey((date: Date) => date.getTime()) _date: Date,
  ): Promise<string | undefined> {
    return currentLock()?.name;
  }

  @Locked('static')
  static async report(@LockKey() _month: number): Promise<string | undefined> {
    return currentLock()?.name;
  }

  @Locked('outer')
  @Locked('inner')
  async twice(@LockKey() _id: number): Promise<string | undefined> {
    return currentLock()?.name;
  }

  readonly region = 'north';
}

/** Parts that are marked on parameters, wherever the marks are kept. */
export function lockKeySuite(name: string): void {
  describe(name, () => {
    let locker: Locker;
    before(async () => {
      locker = await createLocker({ store: memoryStore() });
      setDefaultLocker(locker);
    });
    after(() => locker.close());
    const invoices = new Invoices();

    test('a marked parameter follows the key after a colon', async () => {
      assert.equal(await invoices.whole('7'), 'invoice:7');
      assert.equal(await invoices.whole('7:8 %'), 'invoice:7%3A8%20%25');
    });

    test('a property of a marked parameter, or what a function makes of it', async () => {
      const invoice = { id: 42, customer: { id: 'c' } };
      assert.equal(await invoices.property('overdue', invoice), 'invoice:42');
      assert.equal(await invoices.several(invoice, new Date(5)), 'north/42:c:42:5');
    });

    test('static methods and two decorators on one method', async () => {
      assert.equal(await Invoices.report(12), 'static:12');
      assert.equal(await invoices.twice(7), 'inner:7');
    });

    test('marks are not inherited: each method has its own', async () => {
      class Special extends Invoices {
        @Locked('special')
        override async whole(_id: unknown): Promise<string | undefined> {
          return currentLock()?.name;
        }
      }
      assert.equal(await new Special().whole(7), 'special');
      assert.equal(await new Special().property('', { id: 1 }), 'invoice:1');
    });

    test('what cannot be a part is refused by class, method and parameter', async () => {
      const refused = (part: string) => ({
        name: 'TypeError',
        message: `@Locked on Invoices.${part}.`,
      });
      const nothing = refused('whole: the part {0} of the key is undefined');
      await assert.rejects(invoices.whole(undefined), nothing);
      const object = refused('whole: the part {0} of the key is an object (Object)');
      await assert.rejects(invoices.whole({}), object);
      const property = refused('property: the part {1.id} of the key is an empty string');
      await assert.rejects(invoices.property('', { id: '' }), property);
      const made = refused('several: the part @LockKey(…) of {1} of the key is NaN');
      const invoice = { id: 1, customer: { id: 1 } };
      await assert.rejects(invoices.several(invoice, new Date(Number.NaN)), made);
    });

    test('the group of a lock has the parts as they are written', async () => {
      const invoice = { id: 42, customer: { id: 'c' } };
      for (const [lockName, group, call] of [
        ['invoice:7', 'invoice:{0}', () => invoices.whole(7)],
        ['invoice:42', 'invoice:{1.id}', () => invoices.property('', invoice)],
        [
          'north/42:c:42:5',
          '{this.region}/{0.id}:{0.customer.id}:{0.id}:{1}',
          () => invoices.several(invoice, new Date(5)),
        ],
      ] as const) {
        const groups: unknown[] = [];
        const listen = (message: unknown): void => {
          const { lockNames, group: heard } = message as TracingMessages['holdfast:hold'];
          if (lockNames[0] === lockName) groups.push(heard);
        };
        subscribe('tracing:holdfast:hold:start', listen);
        await call();
        unsubscribe('tracing:holdfast:hold:start', listen);
        assert.deepEqual(groups, [group]);
      }
    });

    test('the parts can be read', () => {
      const [several] = getLockMetadata(Invoices, 'several');
      const parts = ['{this.region}', '{0.id}', '{0.customer.id}', '{0.id}', '@LockKey(…) of {1}'];
      assert.deepEqual(several?.parts, parts);
      const twice = getLockMetadata(Invoices, 'twice').map((entry) => entry.parts);
      assert.deepEqual(twice, [['{0}'], ['{0}']]);
    });

    test('the parts follow in the order of the parameters, however the marks are applied', () => {
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        const target = { work: async (): Promise<void> => {} };
        for (const index of order) LockKey()(target, 'work', index);
        Locked('both')(target, 'work', { value: target.work });
        assert.deepEqual(getLockMetadata(target, 'work')[0]?.parts, ['{0}', '{1}']);
      }
    });

    test('a mark in the wrong place is refused when the class is defined', () => {
      const define = (): unknown => {
        class Service {
          @Locked(() => 'name')
          async work(@LockKey() _id: number): Promise<void> {}
        }
        return Service;
      };
      assert.throws(
        define,
        /^TypeError: @Locked on Service\.work: .*there are @LockKey parameters/,
      );
      const misplaced: readonly (() => void)[] = [
        () => LockKey('a b')({}, 'work', 0),
        () => LockKey('')({}, 'work', 0),
        () => LockKey(42 as unknown as string)({}, 'work', 0),
        () => LockKey()(class Service {}, undefined, 0),
        () => LockKey()({}, 'work', undefined as unknown as number),
      ];
      for (const decorate of misplaced) {
        assert.throws(decorate, { name: 'TypeError', message: /^@LockKey/ });
      }
    });
  });
}
