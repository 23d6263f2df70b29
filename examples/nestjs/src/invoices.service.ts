import { setTimeout as pause } from 'node:timers/promises';
import type { Locker } from '@holdfast/core';
import { assertLocked, Locked, LockKey, UseLocker } from '@holdfast/decorators';
import { LOCKER } from '@holdfast/decorators/nestjs';
import { ConflictException, Inject, Injectable, NotFoundException } from '@nestjs/common';

export interface Receipt {
  readonly invoice: string;
  readonly amount: number;
  readonly fencingToken: number;
}

const AMOUNTS: ReadonlyMap<string, number> = new Map([
  ['7', 12.5],
  ['8', 99],
]);

@Injectable()
@UseLocker('locker')
export class InvoicesService {
  readonly locker: Locker;

  constructor(@Inject(LOCKER) locker: Locker) {
    this.locker = locker;
  }

  /** A charge that is under way is no reason to wait: the caller is told at once, with a 409. */
  @Locked('invoice', {
    ttl: '10s',
    onBusy: (): never => {
      throw new ConflictException('This invoice is being charged.');
    },
  })
  async charge(@LockKey() invoice: string): Promise<Receipt> {
    const { fencingToken } = assertLocked();
    const amount = AMOUNTS.get(invoice);
    // What the method throws comes out as it is: a 404.
    if (amount === undefined) throw new NotFoundException('There is no such invoice.');
    await pause(50);
    return { invoice, amount, fencingToken };
  }
}
