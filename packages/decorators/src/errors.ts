/**
 * A method with `reentrant: false` was called by work that already runs under its lock. It would
 * wait for itself; nothing was locked and the method did not run.
 */
export class LockReentryError extends Error {
  override readonly name: string = 'LockReentryError';
  readonly code = 'LOCK_REENTRY';
  /** The lock that was asked for. */
  readonly lockName: string;

  constructor(lockName: string, method: string) {
    super(`@Locked on ${method}: this call runs under the lock '${lockName}' already.`);
    this.lockName = lockName;
  }
}

/** `assertLocked` was called by work that does not run under the lock. */
export class NotLockedError extends Error {
  override readonly name: string = 'NotLockedError';
  readonly code = 'NOT_LOCKED';
  /** The lock that was asked for; undefined: any. */
  readonly lockName: string | undefined;

  constructor(lockName: string | undefined) {
    super(
      lockName === undefined
        ? 'This must run inside a method with @Locked.'
        : `This must run inside a method with @Locked under the lock '${lockName}'.`,
    );
    this.lockName = lockName;
  }
}
