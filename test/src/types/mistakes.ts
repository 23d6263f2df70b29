/** Code that does not compile, and what compilers say of it. */
export interface Mistake {
  /** Members of a class `Orders`. */
  readonly code: string;
  /** The first lines of what is printed; of an error about the decorator, the type with the reason. */
  readonly says: readonly string[];
  /** Where it is not the same. */
  readonly saysLegacy?: readonly string[];
}

const HEAD = `
  import type { Locker } from '@holdfast/core';
  import { Locked, type LockedOptions } from '@holdfast/decorators';
  interface Order { id: number; customer?: { name: string }; placed: Date }
  interface Query extends Promise<number> { limit(rows: number): this }
  declare const wide: LockedOptions;
  declare const lockerOf: (order: Order) => Locker;
`.replaceAll('\n', ' ');

/** A module with each mistake on a line of its own, from the second on. */
export function moduleOf(mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ code }) => {
    return `{ class Orders { locker!: Locker; tenant = 'north'; ${code} } void Orders; }`;
  });
  return [HEAD, ...lines].join('\n');
}

const PART = 'a string, a number, a bigint or a boolean can be a part, and not';

const KEYS: readonly Mistake[] = [
  {
    code: `@Locked('{3}') async work(id: number, more: string): Promise<void> {}`,
    says: [
      `CannotLock<"{3} of the key: counted from {0}, the method has 2 parameters:", [id: number, more: string]>`,
    ],
  },
  {
    code: `@Locked('{1}') async work(id: number): Promise<void> {}`,
    says: [
      `CannotLock<"{1} of the key: counted from {0}, the method has 1 parameter:", [id: number]>`,
    ],
  },
  {
    code: `@Locked('order:{0.idd}') async work(order: Order): Promise<void> {}`,
    says: [`CannotLock<"{0.idd} of the key: 'idd' is not a property of", Order>`],
  },
  {
    code: `@Locked('{0.customer.no}') async work(order?: Order): Promise<void> {}`,
    says: [
      `CannotLock<"{0.customer.no} of the key: 'no' is not a property of", { name: string; }>`,
    ],
  },
  {
    code: `@Locked('{this.tenantt}:{0}') async work(id: number): Promise<void> {}`,
    says: [`CannotLock<"{this.tenantt} of the key: 'tenantt' is not a property of", Orders>`],
  },
  {
    code: `@Locked('{0}') async work(order: Order): Promise<void> {}`,
    says: [`CannotLock<"{0} of the key: ${PART}", Order>`],
  },
  {
    code: `@Locked('{0.placed}') async work(order: Order): Promise<void> {}`,
    says: [`CannotLock<"{0.placed} of the key: ${PART}", Date>`],
  },
  {
    code: `@Locked('{id}') async work(id: number): Promise<void> {}`,
    says: [
      `CannotLock<"{id} in the key is no placeholder; {{ stands for a brace, and there are", ["{0}", "{0.id}", "{this.region}"]>`,
    ],
  },
  {
    code: `@Locked((id) => id.slice(1)) async work(id: string): Promise<void> {}`,
    says: [`error TS18046: 'id' is of type 'unknown'.`],
  },
  {
    code: `@Locked((id: string) => id) async work(id: number): Promise<void> {}`,
    says: [
      `CannotLock<"the key function does not take what it is called with:", (this: Orders, id: number) => unknown>`,
    ],
  },
  {
    code: `@Locked((id: number) => id) async work(id: number): Promise<void> {}`,
    says: [
      `error TS2345: Argument of type '(id: number) => number' is not assignable to parameter of type 'LockedKey'.`,
    ],
  },
];

const METHODS: readonly Mistake[] = [
  {
    code: `@Locked('order') work(id: number): number { return id; }`,
    says: [`CannotLock<"the method has to return a promise, and returns", number>`],
  },
  {
    code: `@Locked('order') work(): void {}`,
    says: [`CannotLock<"the method has to return a promise, and returns", void>`],
  },
  {
    code: `@Locked('order') work(): Query { throw new Error(); }`,
    says: [
      `CannotLock<"what comes back is a plain promise, and the method is declared to return more:", Query>`,
    ],
  },
  {
    code: `@Locked('order') get work(): number { return 1; }`,
    says: [
      `CannotLock<"@Locked stands on a method or a function in a field, and not on", "getter">`,
    ],
    saysLegacy: [
      `CannotLock<"there has to be a function that returns a promise, and there is", number>`,
    ],
  },
  {
    code: `@Locked('order') work = 1;`,
    says: [`CannotLock<"there has to be a function that returns a promise, and there is", number>`],
    saysLegacy: [
      `error TS1271: Decorator function return type is 'CannotLock<"@Locked stands on a method, and not on", "class" | "field" | "parameter">' but is expected to be 'void' or 'any'.`,
    ],
  },
];

const OPTIONS: readonly Mistake[] = [
  {
    code: `@Locked('order', { onBusy: (error) => error.nothing }) async work(): Promise<void> {}`,
    says: [`error TS2339: Property 'nothing' does not exist on type 'AcquireTimeoutError'.`],
  },
  {
    code: `@Locked('order', { onBusy: (error, id) => id.length }) async work(id: string): Promise<number> { return 1; }`,
    says: [`error TS18046: 'id' is of type 'unknown'.`],
  },
  {
    code: `@Locked('order', { onBusy: (error, id: string) => id }) async work(id: number): Promise<string> { return ''; }`,
    says: [
      `CannotLock<"the function for onBusy does not take what it is called with:", (this: Orders, error: AcquireTimeoutError, id: number) => unknown>`,
    ],
  },
  {
    code: `@Locked('order', { onBusy: 'skip' }) async work(): Promise<number> { return 1; }`,
    says: [
      `CannotLock<"the result of the method has no place for what comes of onBusy:", undefined>`,
    ],
  },
  {
    code: `@Locked('order', { onBusy: 'wait' }) async work(): Promise<void> {}`,
    says: [`error TS2322: Type '"wait"' is not assignable to type 'OnBusy | undefined'.`],
  },
  {
    code: `@Locked('order', { locker: (self) => self.locker }) async work(): Promise<void> {}`,
    says: [`error TS18046: 'self' is of type 'unknown'.`],
  },
  {
    code: `@Locked('order', { locker: lockerOf }) async work(): Promise<void> {}`,
    says: [
      `CannotLock<"the function for locker does not take what it is called with:", (this: Orders, self: Orders) => unknown>`,
    ],
  },
  {
    code: `@Locked('order', { signal: 1 }) async work(id: number, more: string): Promise<void> {}`,
    says: [
      `CannotLock<"signal: 1, counted from 0, is not the index of an AbortSignal among the parameters", [id: number, more: string]>`,
    ],
  },
  {
    code: `@Locked('order', { ttl: process.env['TTL'] }) async work(): Promise<void> {}`,
    says: [
      `error TS2322: Type 'string | undefined' is not assignable to type 'Duration | undefined'.`,
    ],
  },
  {
    code: `@Locked('order', wide) async work(): Promise<void> {}`,
    says: [
      'CannotLock<"options need their own type, by `satisfies LockedOptions`, and not", LockedOptions<OnBusy, SignalFrom, LockerFrom>>',
    ],
  },
];

export const MISTAKES: readonly Mistake[] = [...KEYS, ...METHODS, ...OPTIONS];
