import { createLocker, type Lock, type Locker } from '@holdfast/core';
import { type LockManager, lockManager } from '@holdfast/core/web-locks';
import { Locked } from '@holdfast/decorators';
import { HoldfastModule, LOCKER } from '@holdfast/decorators/nestjs';

/** Each has types, and they are those of the packages. */
export const open: () => Promise<Locker> = createLocker;
export const locksOf: (locker: Locker) => LockManager = lockManager;
export const token: symbol | string = LOCKER;
export const { forRoot } = HoldfastModule;
export const fenceOf = (lock: Lock): number => lock.fencingToken;

export class Jobs {
  @Locked('job')
  async run(): Promise<void> {}
}
