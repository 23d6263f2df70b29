/** As types.ts: which keys the compiler accepts, and which it refuses. */
import { Locked, type LockedKey } from '@holdfast/decorators';

interface Customer {
  readonly id: string;
  readonly address?: { readonly zip: string } | undefined;
}

interface Order {
  readonly id: number;
  readonly customer?: Customer | null;
  readonly placed: Date;
  readonly tags: readonly string[];
  readonly flags: Readonly<Record<string, boolean>>;
}

interface Refund {
  readonly refundId: bigint;
}

type Brand = string & { readonly brand: 'tenant' };

const TEXT: string = 'order:{7}';
const PATTERN: `order:${string}` = 'order:{7.no}';
const ANY: LockedKey = '{7}';
const EITHER = Math.random() < 0.5 ? 'order:{0}' : 'refund:{0}:{1}';

class Secret {
  readonly #id = 1;
  private readonly region = 'north';

  text(): string {
    return this.region + this.#id;
  }
}

export class Accepted {
  readonly tenant: string = 'north';
  readonly customer: Customer | undefined;
  private readonly region: string = 'north';
  protected readonly zone: string = 'north';
  static readonly shared: number = 1;
  private static readonly hidden: number = 1;

  @Locked('{0}:{1}')
  async arguments(_id: string, _amount: number): Promise<void> {}

  @Locked('{1}')
  async optional(_id: string, _amount?: number): Promise<void> {}

  @Locked('{1}')
  async byDefault(_id: string, _amount = 1): Promise<void> {}

  @Locked('{0}:{7}')
  async rest(_id: string, ..._more: number[]): Promise<void> {}

  @Locked('{2.id}')
  async restOfTuple(..._args: readonly [string, ...Order[]]): Promise<void> {}

  @Locked('{0.id}:{0.customer.id}:{0.customer.address.zip}')
  async nested(_order: Order): Promise<void> {}

  @Locked('{0.tags.0}:{0.tags.length}:{0.flags.any}')
  async indexed(_order: Order): Promise<void> {}

  @Locked('{0.id}')
  async nullable(_order: Order | null | undefined): Promise<void> {}

  @Locked('{0.refundId}:{0.id}')
  async oneOfUnion(_what: Order | Refund): Promise<void> {}

  @Locked('{0}')
  async partOrNot(_what: Order | string): Promise<void> {}

  @Locked('{0}:{1}:{2}:{3}')
  async kindsOfParts(
    _brand: Brand,
    _big: bigint,
    _flag: boolean,
    _literal: 'a' | 1 | undefined,
  ): Promise<void> {}

  @Locked('{0.any}:{1.any}:{2.any}:{0}:{2}')
  async untold(_unknown: unknown, _object: object, _empty: {}): Promise<void> {}

  @Locked('{0.a.b}:{5}')
  // oxlint-disable-next-line typescript/no-explicit-any -- it stands for code without types
  async untyped(..._args: any): Promise<void> {}

  @Locked('{0.region}')
  async privateOfAnother(_secret: Secret): Promise<void> {}

  @Locked('{this.tenant}:{this.customer.id}:{this.region}:{this.zone}:{this.region.length}')
  async ofThis(): Promise<string> {
    return this.region;
  }

  @Locked('{this.shared}:{this.hidden}:{this.name}')
  static async ofClass(): Promise<number> {
    return Accepted.hidden;
  }

  @Locked('set:{{{0}}}:{{1}}')
  async braces(_id: string): Promise<void> {}

  @Locked(TEXT)
  async text(): Promise<void> {}

  @Locked(PATTERN)
  async pattern(): Promise<void> {}

  @Locked(ANY)
  async any(): Promise<void> {}

  @Locked(EITHER)
  async either(_id: string, _amount: number): Promise<void> {}

  overloaded(id: number): Promise<void>;
  overloaded(order: Order, reason: string): Promise<void>;
  @Locked('{1}')
  async overloaded(_what: number | Order, _reason?: string): Promise<void> {}

  @Locked('{0}:{1.id}')
  async generic<T, O extends Order>(_value: T, order: O): Promise<[T | undefined, O]> {
    return [undefined, order];
  }

  @Locked('{1}')
  async variadic<T extends unknown[]>(...args: T): Promise<T> {
    return args;
  }
}

/** What depends on a type parameter of the class is not known before there is an instance. */
export class AcceptedGeneric<T, O extends Order, K extends keyof Order> {
  readonly name: K | undefined;
  readonly value: T | undefined;
  readonly order: O | undefined;

  @Locked('{0}:{1.id}:{this.value}:{this.order.id}:{0.any}:{2}')
  async work(_value: T, _order: O, _part: Order[K]): Promise<T | undefined> {
    return this.value;
  }

  @Locked((order: { readonly id: number }) => `order:${order.id}`)
  async byFunction(_order: O): Promise<void> {}
}

export class Refused {
  readonly tenant: string = 'north';
  private readonly region: string = 'north';

  // @ts-expect-error -- there are two parameters
  @Locked('{2}')
  async beyond(_id: string, _amount?: number): Promise<string> {
    return this.region;
  }

  // @ts-expect-error -- there are none
  @Locked('{0}')
  async none(): Promise<void> {}

  // @ts-expect-error -- there is no such property
  @Locked('{0.idd}')
  async property(_order: Order): Promise<void> {}

  // @ts-expect-error -- there is no such property further down
  @Locked('{0.customer.address.zap}')
  async nested(_order: Order): Promise<void> {}

  // @ts-expect-error -- no member of the union has it
  @Locked('{0.idd}')
  async union(_what: Order | Refund | undefined): Promise<void> {}

  // @ts-expect-error -- a string has no such property
  @Locked('{0.idd}')
  async ofString(_id: string): Promise<void> {}

  // @ts-expect-error -- the instance has no such property
  @Locked('{this.tenantt}')
  async ofThis(): Promise<void> {}

  // @ts-expect-error -- the class has no such property
  @Locked('{this.tenant}')
  static async ofClass(): Promise<void> {}

  // @ts-expect-error -- an object is no part
  @Locked('{0}')
  async object(_order: Order): Promise<void> {}

  // @ts-expect-error -- a date is no part
  @Locked('{0.placed}')
  async date(_order: Order | undefined): Promise<void> {}

  // @ts-expect-error -- a method is no part
  @Locked('{this.object}')
  async method(): Promise<void> {}

  // @ts-expect-error -- an array is no part
  @Locked('{0}')
  async array(_ids: readonly string[]): Promise<void> {}

  // @ts-expect-error -- the second placeholder does not fit
  @Locked('{{{0.id}}}:{0.idd}')
  async second(_order: Order): Promise<void> {}

  // @ts-expect-error -- one of the keys does not fit
  @Locked(EITHER)
  async either(_id: string): Promise<void> {}

  // @ts-expect-error -- no placeholder
  @Locked('{id}')
  async named(_id: string): Promise<void> {}

  // @ts-expect-error -- no placeholder
  @Locked('{}')
  async empty(_id: string): Promise<void> {}

  // @ts-expect-error -- a method of arrays is no parameter
  @Locked('{length}')
  async length(_id: string): Promise<void> {}

  // @ts-expect-error -- `this` is an object
  @Locked('{this}')
  async whole(): Promise<void> {}

  overloaded(id: number): Promise<void>;
  overloaded(order: Order, reason: string): Promise<void>;
  // @ts-expect-error -- no signature has three parameters
  @Locked('{2}')
  async overloaded(_what: number | Order, _reason?: string): Promise<void> {}

  // @ts-expect-error -- no order has it
  @Locked('{0.idd}')
  async generic<O extends Order>(order: O): Promise<O> {
    return order;
  }
}

export class RefusedGeneric<T> {
  readonly value: T | undefined;

  // @ts-expect-error -- there is no such property, whatever the type parameter is
  @Locked('{this.valu}')
  async property(): Promise<void> {}

  // @ts-expect-error -- there are two parameters, whatever the type parameter is
  @Locked('{2}')
  async beyond(_value: T, _more: string): Promise<void> {}
}
