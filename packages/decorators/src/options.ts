import type {
  AcquireTimeoutError,
  Duration,
  ModeOptions,
  OnOutage,
  WeightOptions,
} from '@holdfast/core';
import type { LockerSource } from './locker/source.js';
import type { Skipped } from './skipped.js';

/**
 * What the functions that are given to `@Locked` are. Methods, because the compiler lets the
 * parameters of these be narrower: they can be annotated as in the method that is decorated, whose
 * types are compared later, and are unknown where they are not.
 */
interface Functions {
  key(this: unknown, ...args: unknown[]): string;
  onBusy(this: unknown, error: AcquireTimeoutError, ...args: unknown[]): unknown;
  signal(this: unknown, ...args: unknown[]): AbortSignal | undefined;
  locker(this: unknown, self: unknown): LockerSource;
}

/** One key of `@Locked`: a lock name, a template of one, or a function that gives one. */
export type SingleKey = string | Functions['key'];

/**
 * One of a list of keys, with a mode or a limit of its own: they count in place of those that the options
 * have for all of them.
 */
export interface KeyRequest extends ModeOptions, WeightOptions {
  readonly key: SingleKey;
}

/** The key of `@Locked`, or a list of keys: for several locks as one. */
export type LockedKey = SingleKey | readonly (SingleKey | KeyRequest)[];

/**
 * What becomes of a call that finds the lock busy for as long as it waits: it rejects with the
 * `AcquireTimeoutError`, resolves with undefined, with `SKIPPED`, or with what the function returns.
 */
export type OnBusy = 'throw' | 'skip' | Skipped | Functions['onBusy'];

/** Where the signal that ends the waiting comes from: an argument by its index, or a function. */
export type SignalFrom = number | Functions['signal'];

/** Where the locker comes from: a locker, a promise of one, or a function of `this`. */
export type LockerFrom = LockerSource | Functions['locker'];

/** What was given as an option; never, if nothing was: the compiler takes all that it might be. */
export type IfGiven<Option> = [undefined] extends [Option] ? never : Exclude<Option, undefined>;

/** What becomes of a call whose lock was lost while the method ran. */
export type OnLost = 'throw' | 'ignore';

/**
 * Options of `@Locked`. The functions are called with the method's `this` and arguments. The types of
 * their parameters must fit the method's; those that have none are unknown, as the compiler does not
 * tell a decorator's options of the method.
 */
export interface LockedOptions<
  Busy extends OnBusy | undefined = OnBusy,
  Signal extends SignalFrom | undefined = SignalFrom,
  From extends LockerFrom | undefined = LockerFrom,
>
  extends ModeOptions, WeightOptions {
  /**
   * How long the lease lasts without renewal. Default: the locker's, which is 30 s. A call that joins
   * extends the lease if this is longer.
   */
  readonly ttl?: Duration | undefined;
  /**
   * How long to wait for a busy lock. 0 tries once. Default: the locker's, which is without limit;
   * 0 if `onBusy` says what to do instead of waiting.
   */
  readonly waitTimeout?: Duration | undefined;
  /**
   * Renew in the background until the method has settled. Default: the locker's, which is true. A
   * call that joins a lock that is renewed does not change that.
   */
  readonly renew?: boolean | undefined;
  /**
   * So long after it was acquired the lock is lost for the call that took it, and for those that
   * joined; what they asked for counts for nothing. Default: the locker's, which is no limit.
   */
  readonly maxHold?: Duration | undefined;
  /** A wait that lasts for longer is told on `holdfast:wait-long`. Default: the locker's, 10 s. */
  readonly warnAfter?: Duration | undefined;
  /**
   * So many may wait for this lock; one more is rejected at once with a `LineFullError`, whatever
   * `onBusy` says. Default: the locker's, which is no limit.
   */
  readonly maxWaiting?: number | undefined;
  /** Whether a wait goes on while Redis cannot be reached. Default: the locker's, `'throw'`. */
  readonly onOutage?: OnOutage | undefined;
  /**
   * Gives up waiting when it is aborted; the call then rejects with the signal's reason. If it was
   * aborted before, the method does not begin.
   */
  readonly signal?: Signal | undefined;
  /** When the lock stays busy. An error of Redis always rejects the call. Default `'throw'`. */
  readonly onBusy?: Busy | undefined;
  /**
   * When the lock was lost while the method ran: `'throw'` rejects with the `LockLostError`. An
   * error of the method itself comes first, unchanged, but for the `AbortError` of the lock's own
   * signal, which becomes the `cause`. With `'ignore'` that is unchanged, too. Default `'throw'`.
   */
  readonly onLost?: OnLost | undefined;
  /**
   * Whether a call that already runs under this lock of this locker, in the same async context,
   * joins it; if not, it rejects at once with a `LockReentryError`. So does a call that wants the lock
   * alone, or more of its limit, where it is shared. Default true.
   */
  readonly reentrant?: boolean | undefined;
  /**
   * Keeps the lock for at least so long after it was acquired, or after a call that joins began, even
   * if the method ends sooner. The caller does not wait for that. If the locker is closed, or the
   * process ends after the method, the lock stays until then, or for its ttl if that is longer.
   * Clearly shorter than the period of a schedule: at the next run the lock must be free. Default 0.
   */
  readonly holdAtLeast?: Duration | undefined;
  /**
   * What the lock is counted under in traces and metrics. Default: the key as it is written, such as
   * `order:{0.id}`; none if that is a function.
   */
  readonly group?: string | undefined;
  /** Default: the property marked with `@UseLocker()`, else the one set by `setDefaultLocker`. */
  readonly locker?: From | undefined;
}
