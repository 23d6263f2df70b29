export { assertLocked, currentLock, LockReentryError, NotLockedError } from '@holdfast/core';
export type { LockedDecorator } from './decorator-types.js';
export type { AsyncMethod } from './fit.js';
export { LockKey, type LockKeyDecorator } from './key/lock-key.js';
export type { LockKeyPart } from './key/part.js';
export { Locked } from './locked.js';
export { setDefaultLocker } from './locker/default-locker.js';
export type { LockerSource } from './locker/source.js';
export { UseLocker, type UseLockerClass, type UseLockerProperty } from './locker/use-locker.js';
export { getLockMetadata, type LockMetadata } from './metadata/lock-metadata.js';
export type {
  KeyRequest,
  LockedKey,
  SingleKey,
  LockedOptions,
  LockerFrom,
  OnBusy,
  OnLost,
  SignalFrom,
} from './options.js';
export type { CannotLock } from './refusal.js';
export { SKIPPED, type Skipped } from './skipped.js';
