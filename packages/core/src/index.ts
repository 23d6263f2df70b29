export { createLocker } from './locker/create-locker.js';
export type {
  AcquisitionMessage,
  DiagnosticChannel,
  DiagnosticMessages,
  ModeMessage,
  RenewalOutcome,
  WaitOutcome,
} from './diagnostics.js';
export { type Duration, parseDuration } from './runtime/duration.js';
export {
  AcquireTimeoutError,
  ForeignDataError,
  GraceMismatchError,
  HoldfastError,
  type HoldfastErrorCode,
  LineFullError,
  LockerClosedError,
  LockLostError,
  LockReentryError,
  type LockOperation,
  NotLockedError,
  NotReplicatedError,
  RedisRefusedError,
  RedisUnreachableError,
  RedisUnsupportedError,
} from './errors.js';
export type { LossFacts, LostReason } from './loss.js';
export type { LockHolder } from './lock-holder.js';
export { type HoldfastEvent, onEvent } from './on-event.js';
export { isLockLost, type LockLossCarrier } from './lock-lost.js';
export { assertLocked, currentLock } from './locker/context/current-lock.js';
export type { Lock, LockJSON } from './locker/lock.js';
export type { LockSet, LockSetJSON } from './locker/lock-set.js';
export type { LockRequest } from './locker/requested.js';
export type { LeaderWork, LeadOptions } from './locker/lead.js';
export type { InspectOptions, ListOptions } from './locker/inspect-options.js';
export type {
  ForeignHolding,
  InspectedHolder,
  InspectedWaiter,
  LockerHolding,
  LockInspection,
} from './locker/inspection.js';
export type { CloseOptions, Locker } from './locker/locker.js';
export {
  type LosableMemoryStore,
  type ManualMemoryStore,
  memoryStore,
} from './memory/memory-store.js';
export type { MemoryStoreOptions } from './memory/memory-store-options.js';
export type { GraceOptions } from './locker/grace-option.js';
export type { LockerOptions, PoolOptions } from './locker/locker-options.js';
export type {
  AcquireOptions,
  HoldOptions,
  OnOutage,
  TryAcquireOptions,
  UsingOptions,
} from './locker/acquire-options.js';
export type { NodeRedisOptions } from './redis/connections/node-redis-options.js';
export type { ClientTemplate } from './redis/connections/source.js';
export type {
  AcquireOutcome,
  AcquireTrace,
  HoldOutcome,
  HoldTrace,
  TracingMessages,
} from './locker/tracing/messages.js';
export type { LockMode, ModeOptions, WeightOptions } from './locker/mode.js';
export { ownerOf } from './store/owner.js';
export type { LockStore } from './store/port.js';
