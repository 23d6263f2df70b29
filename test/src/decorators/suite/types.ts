/**
 * What the compiler accepts and refuses. This file is compiled in both dialects and never runs: each
 * expected error that does not come is an error itself.
 */
import type { AcquireTimeoutError, Locker } from '@holdfast/core';
import {
  type CannotLock,
  Locked,
  type LockedOptions,
  SKIPPED,
  type Skipped,
  UseLocker,
} from '@holdfast/decorators';

interface Invoice {
  readonly id: number;
}

interface SpecialInvoice extends Invoice {
  readonly discount: number;
}

/** Compiles only if both types are the same. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;
function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

class Query extends Promise<number> {
  limit(_rows: number): this {
    return this;
  }
}

const WIDE: LockedOptions = { ttl: '1m' };

const JOB = { ttl: '1m', onBusy: 'skip', holdAtLeast: '30s' } as const satisfies LockedOptions;
const SKIPPED_JOB = { onBusy: SKIPPED } as const satisfies LockedOptions;

export class Accepted {
  @UseLocker() readonly locker!: Locker;
  @UseLocker() readonly promised!: Promise<Locker>;
  readonly region: string = 'north';

  @Locked('plain')
  async plain(): Promise<void> {}

  @Locked('with-ttl:{0}', '10s')
  async withTtl(_id: string, _amount?: number): Promise<Invoice> {
    return { id: 1 };
  }

  @Locked('generic:{0}')
  async generic<T>(_id: string, value: T): Promise<T> {
    return value;
  }

  overloaded(id: string): Promise<string>;
  overloaded(id: number): Promise<number>;
  @Locked('overloaded:{0}')
  async overloaded(id: string | number): Promise<string | number> {
    return id;
  }

  overloadedByFunction(id: string): Promise<string>;
  overloadedByFunction(id: number, region: string): Promise<number | string>;
  @Locked((id: string | number) => `overloaded:${id}`, { onBusy: async () => 'skipped' })
  async overloadedByFunction(id: string | number, _region?: string): Promise<unknown> {
    return id;
  }

  @Locked('thenable')
  thenable(): PromiseLike<number> {
    return Promise.resolve(1);
  }

  @Locked('one-or-the-other')
  oneOrTheOther(): Promise<number> | Promise<string> {
    return Promise.resolve(1);
  }

  @Locked('generic-skip', { onBusy: 'skip' })
  async genericSkip<T>(value: T): Promise<T | undefined> {
    return value;
  }

  @Locked(['invoices', 'invoice:{0.id}', (invoice: Invoice) => `invoice:${invoice.id}`])
  async all(invoice: Invoice): Promise<number> {
    return invoice.id;
  }

  @Locked([
    { key: 'invoices', mode: 'shared' },
    { key: 'invoice:{0.id}' },
    { key: (invoice: Invoice) => `invoice:${invoice.id}`, limit: 3, weight: 2 },
  ])
  async allInModes(invoice: Invoice): Promise<number> {
    return invoice.id;
  }

  @Locked((invoice: Invoice) => `invoice:${invoice.id}`)
  async keyFunction(_invoice: Invoice, _more: string): Promise<void> {}

  @Locked((invoice: Invoice) => `invoice:${invoice.id}`)
  async narrowerParameter(_invoice: SpecialInvoice): Promise<void> {}

  @Locked(function (this: Accepted, id: string) {
    return this.region + id;
  })
  async keyFunctionWithThis(_id: string): Promise<void> {}

  @Locked('skip', { onBusy: 'skip' })
  async skip(): Promise<number | undefined> {
    return 1;
  }

  @Locked('skip-void', JOB)
  async skipVoid(): Promise<void> {}

  @Locked('skipped', { onBusy: SKIPPED })
  async skipped(): Promise<number | Skipped> {
    return 1;
  }

  @Locked('skipped-void', SKIPPED_JOB)
  async skippedVoid(): Promise<void | Skipped> {}

  @Locked('skipped-unknown', { onBusy: SKIPPED })
  async skippedUnknown(): Promise<unknown> {
    return 1;
  }

  @Locked('busy:{0}', { onBusy: (_error: AcquireTimeoutError, id: number) => id })
  async busy(_id: number): Promise<number> {
    return 1;
  }

  @Locked('busy-async', { onBusy: async () => 'busy' as const })
  async busyAsync(): Promise<'busy' | 'done'> {
    return 'done';
  }

  @Locked('busy-never', {
    onBusy: (error: AcquireTimeoutError): never => {
      throw error;
    },
  })
  async busyNever(): Promise<number> {
    return 1;
  }

  @Locked('signal', { signal: 1 })
  async signalByIndex(_id: number, _signal: AbortSignal): Promise<void> {}

  @Locked('signal', { signal: 1 })
  async signalAmongMore(
    ..._args: readonly [number, ...(AbortSignal | undefined)[]]
  ): Promise<void> {}

  @Locked('signal', { signal: 1 })
  async signalByIndexOrNot(_id: number, _signal?: AbortSignal): Promise<void> {}

  @Locked('signal', { signal: (_id: number, signal?: AbortSignal) => signal })
  async signalByFunction(_id: number, _signal?: AbortSignal): Promise<void> {}

  @Locked('busy', { onBusy: (error, ...args) => [error.lockName, args.length].join(':') })
  async withoutAnnotations(_id: number): Promise<string> {
    return 'done';
  }

  @Locked((id) => `invoice:${String(id)}`, { onBusy: (error, id: number) => error.waited + id })
  async withFewAnnotations(_id: number): Promise<number> {
    return 1;
  }

  @Locked('locker', { locker: (self: Accepted) => self.promised })
  async lockerByFunction(): Promise<void> {}

  @Locked('static:{0}', { locker: (self: typeof Accepted) => self.shared })
  static async staticMethod(_id: number): Promise<number> {
    return 1;
  }

  static shared: Locker;

  @Locked('protected')
  protected async protectedMethod(): Promise<void> {}
}

/** The types of what was decorated are those that were written. */
export function unchanged(accepted: Accepted): void {
  same<typeof accepted.withTtl, (id: string, amount?: number) => Promise<Invoice>>();
  same<typeof accepted.generic, <T>(id: string, value: T) => Promise<T>>();
  same<typeof accepted.skip, () => Promise<number | undefined>>();
  same<typeof accepted.skippedVoid, () => Promise<void | Skipped>>();
  same<typeof Accepted.staticMethod, (id: number) => Promise<number>>();
}

/** What is refused has the reason as its type, and never that of the method. */
export function reasons(): void {
  const work = { value: async (_id: number): Promise<number> => 1 };
  const refused = Locked('{1}')({}, 'work', work);
  const reason = '{1} of the key: counted from {0}, the method has 1 parameter:';
  same<typeof refused, CannotLock<typeof reason, [_id: number]>>();
}

export class Refused {
  // @ts-expect-error -- it returns no promise
  @Locked('no-promise')
  noPromise(): number {
    return 1;
  }

  // @ts-expect-error -- it returns nothing
  @Locked('nothing')
  nothing(): void {}

  // @ts-expect-error -- it does not always return a promise
  @Locked('sometimes')
  sometimes(): number | Promise<number> {
    return 1;
  }

  // @ts-expect-error -- a getter is no method
  @Locked('getter')
  get getter(): Promise<number> {
    return Promise.resolve(1);
  }

  // @ts-expect-error -- a call that is skipped gives undefined, and the result has no place for it
  @Locked('skip', { onBusy: 'skip' })
  async skip(): Promise<number> {
    return 1;
  }

  // @ts-expect-error -- the caller of a call that is skipped must be able to tell
  @Locked('skipped', { onBusy: SKIPPED })
  async skipped(): Promise<number> {
    return 1;
  }

  // @ts-expect-error -- nothing is nothing, and not SKIPPED
  @Locked('skipped-void', { onBusy: SKIPPED })
  async skippedVoid(): Promise<void> {}

  // @ts-expect-error -- another symbol is not the one
  @Locked('another-symbol', { onBusy: Symbol('skipped') })
  async anotherSymbol(): Promise<unknown> {
    return 1;
  }

  // @ts-expect-error -- the result has no place for what the function gives
  @Locked('busy', { onBusy: () => 'busy' })
  async busy(): Promise<number> {
    return 1;
  }

  // @ts-expect-error -- the function takes another argument than the method
  @Locked('busy', { onBusy: (_error: AcquireTimeoutError, id: string) => id.length })
  async busyArgument(_id: number): Promise<number> {
    return 1;
  }

  // @ts-expect-error -- the key function takes another argument than the method
  @Locked((id: string) => id)
  async key(_id: number): Promise<void> {}

  // @ts-expect-error -- a key function of the list takes another argument than the method
  @Locked(['invoices', (id: string) => id])
  async keyOfList(_id: number): Promise<void> {}

  // @ts-expect-error -- the same, with a mode of its own
  @Locked(['invoices', { key: (id: string) => id, mode: 'shared' }])
  async keyInMode(_id: number): Promise<void> {}

  // @ts-expect-error -- there is no such parameter
  @Locked([{ key: 'invoice:{1}', mode: 'shared' }])
  async placeholderInMode(_id: number): Promise<void> {}

  // @ts-expect-error -- no such mode
  @Locked(['invoices', { key: 'invoice:{0}', mode: 'read' }])
  async mode(_id: number): Promise<void> {}

  // @ts-expect-error -- only in a list
  @Locked({ key: 'invoice:{0}', mode: 'shared' })
  async alone(_id: number): Promise<void> {}

  // @ts-expect-error -- the key function wants more than the method is given
  @Locked((id: string, more: string) => id + more)
  async keyArguments(_id: string): Promise<void> {}

  // @ts-expect-error -- the key function wants a special invoice
  @Locked((invoice: SpecialInvoice) => `invoice:${invoice.discount}`)
  async keyNarrower(_invoice: Invoice): Promise<void> {}

  // @ts-expect-error -- the key function has another this
  @Locked(function (this: Accepted) {
    return this.region;
  })
  async keyThis(): Promise<void> {}

  // @ts-expect-error -- the key function gives no string
  @Locked((id: number) => id)
  async keyResult(_id: number): Promise<void> {}

  // @ts-expect-error -- the function takes another argument than the method
  @Locked('signal', { signal: (signal: AbortSignal) => signal })
  async signal(_id: number): Promise<void> {}

  // @ts-expect-error -- the locker comes from another class
  @Locked('locker', { locker: (self: Accepted) => self.locker })
  async locker(): Promise<void> {}

  // @ts-expect-error -- there is no such parameter
  @Locked('signal', { signal: 1 })
  async signalBeyond(_id: number): Promise<void> {}

  // @ts-expect-error -- this parameter is no signal
  @Locked('signal', { signal: 0 })
  async signalElse(_id: number): Promise<void> {}

  // @ts-expect-error -- a call that is skipped gives undefined, which is no T
  @Locked('generic', { onBusy: 'skip' })
  async genericSkip<T>(value: T): Promise<T> {
    return value;
  }

  overloadedKey(id: number): Promise<void>;
  overloadedKey(id: string): Promise<void>;
  // @ts-expect-error -- the key function does not take the argument of the first signature
  @Locked((id: string) => id)
  async overloadedKey(_id: number | string): Promise<void> {}

  overloadedSkip(id: number): Promise<number>;
  overloadedSkip(id: string): Promise<string | undefined>;
  // @ts-expect-error -- the result of the first signature has no place for undefined
  @Locked('overloaded', { onBusy: 'skip' })
  async overloadedSkip(_id: number | string): Promise<never> {
    throw new Error('not to be called');
  }

  // @ts-expect-error -- what comes back is a promise without `cancel`
  @Locked('builder')
  builder(): Promise<number> & { cancel(): void } {
    throw new Error('not to be called');
  }

  // @ts-expect-error -- what comes back is no query
  @Locked('query')
  query(): Query {
    return new Query(() => {});
  }

  // @ts-expect-error -- what the variable says of a busy lock is not known
  @Locked('wide', WIDE)
  async wide(): Promise<void> {}

  // @ts-expect-error -- there is no such option
  @Locked('option', { waitTimout: 0 })
  async option(): Promise<void> {}

  // @ts-expect-error -- that is no duration
  @Locked('duration', '5 parsecs')
  async duration(): Promise<void> {}

  // @ts-expect-error -- there is no such answer to a busy lock
  @Locked('answer', { onBusy: 'wait' })
  async answer(): Promise<void> {}

  // @ts-expect-error -- the class decorator names a property; this one stands on it
  @UseLocker('locker')
  readonly named!: Locker;
}

// @ts-expect-error -- on a class it needs the name of the property
@UseLocker()
export class Unnamed {}

// @ts-expect-error -- a class is no method
@Locked('class')
export class Whole {}
