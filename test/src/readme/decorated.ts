/** What the code blocks about decorators use without saying where it comes from. */
import assert from 'node:assert/strict';
import { setDefaultLocker } from '@holdfast/decorators';
import { locker } from './stand-ins.js';

export { AcquireTimeoutError, type Locker } from '@holdfast/core';
export { assertLocked, currentLock, Locked, LockKey, UseLocker } from '@holdfast/decorators';
export { getLockMetadata, setDefaultLocker, SKIPPED, type Skipped } from '@holdfast/decorators';

setDefaultLocker(locker);

export interface Invoice {
  readonly id: number;
  readonly amount: number;
}

export interface Receipt {
  readonly text: string;
}

interface Under {
  readonly signal?: AbortSignal | undefined;
  readonly fencingToken?: number | undefined;
  readonly reason?: string | undefined;
}

function check({ signal, fencingToken = 1 }: Under): void {
  signal?.throwIfAborted();
  assert.ok(Number.isSafeInteger(fencingToken) && fencingToken > 0);
}

export const invoice: Invoice = { id: 42, amount: 12.5 };

export const invoices = {
  async charge({ amount }: Invoice): Promise<Receipt> {
    return { text: `charged ${amount}` };
  },
};

export const report = 'report';

export const gateway = {
  async charge({ amount }: Invoice, under: Under): Promise<Receipt> {
    check(under);
    return { text: `charged ${amount}` };
  },
};

export const storage = {
  async write(_what: string | number, under: Under): Promise<void> {
    check(under);
  },
};
