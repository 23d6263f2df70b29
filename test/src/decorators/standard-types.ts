/** As suite/types.ts, for what only standard decorators have. */
import type { Locker } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';

export class Accepted {
  @UseLocker() readonly #locker!: Locker;
  @UseLocker() accessor locker!: Promise<Locker>;

  @Locked((id: number) => `field:${id}`)
  field = async (_id: number): Promise<number> => 1;

  @Locked('private:{0}', { locker: (self: Accepted) => self.#locker })
  async #method(_id: number): Promise<void> {}

  run(): Promise<void> {
    return this.#method(1);
  }
}

export class Refused {
  // @ts-expect-error -- the function returns no promise
  @Locked('field')
  field = (): number => 1;

  // @ts-expect-error -- there is no function in the field
  @Locked('value')
  value = 1;

  // @ts-expect-error -- the key function takes another argument
  @Locked((id: string) => id)
  key = async (_id: number): Promise<void> => {};

  // @ts-expect-error -- a call that is skipped gives undefined, and the result has no place for it
  @Locked('skip', { onBusy: 'skip' })
  skip = async (): Promise<number> => 1;

  // @ts-expect-error -- a call that is skipped gives undefined, which is no T
  @Locked('generic', { onBusy: 'skip' })
  generic = async <T>(value: T): Promise<T> => value;

  // @ts-expect-error -- there is no such parameter
  @Locked('signal', { signal: 1 })
  signal = async (_id: number): Promise<void> => {};

  // @ts-expect-error -- it returns no promise
  @Locked('private')
  #method(): number {
    return 1;
  }

  // @ts-expect-error -- that is no locker
  @UseLocker() readonly locker: string = '';

  run(): number {
    return this.#method();
  }
}
