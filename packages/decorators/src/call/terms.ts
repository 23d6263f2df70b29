import type { ModeOptions, OnOutage, WeightOptions } from '@holdfast/core';
import type { Naming } from '../key/naming.js';
import type { Wanted } from '../key/several.js';
import type { Label } from '../label.js';
import type { LockerOption } from '../locker/resolve.js';
import type { Place } from '../metadata/place.js';
import type { OnLost } from '../options.js';

/** How the calls of one method are locked: key and options, parsed. */
export interface Terms {
  readonly label: Label;
  readonly place: Place;
  readonly naming: Naming<Wanted>;
  readonly locker: LockerOption | undefined;
  readonly acquire: AcquireTerms;
  readonly signal: SignalOption | undefined;
  /** Undefined: the call rejects. */
  readonly onBusy: BusyFunction | undefined;
  readonly onLost: OnLost;
  readonly reentrant: boolean;
}

/** Options of `locker.acquire`: what is left out is left to the locker. Times in ms. */
export interface AcquireTerms extends ModeOptions, WeightOptions {
  readonly ttl: number | undefined;
  readonly waitTimeout: number | undefined;
  readonly renew: boolean | undefined;
  readonly holdAtLeast: number;
  readonly maxHold: number | undefined;
  readonly warnAfter: number | undefined;
  readonly maxWaiting: number | undefined;
  readonly onOutage: OnOutage | undefined;
  readonly group: string | undefined;
}

/** Any function that was given by the user, when its types have done their work. */
export type AnyFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

export type SignalOption = number | AnyFunction;
export type BusyFunction = AnyFunction;
