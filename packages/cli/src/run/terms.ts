import type { AcquireOptions, LockerOptions } from '@holdfast/core';
import { lockerOptions } from '../connection/options.js';
import { duration } from '../duration.js';
import { EXIT } from '../exit-code.js';
import { UsageError } from '../usage-error.js';
import { wholeNumber } from '../whole-number.js';
import type { OnLost, RunOptions } from './command.js';

/** In ms. */
const DEFAULT_GRACE = 10_000;

/** That of the library, in ms. */
const DEFAULT_TTL = 30_000;

/** The options of a run, checked. */
export interface Terms {
  readonly locker: LockerOptions;
  readonly acquire: AcquireOptions;
  readonly ttl: number;
  readonly onLost: OnLost;
  /** How long a command may take to end before it is killed, in ms. 0: not at all. */
  readonly grace: number;
  readonly busyCode: number;
}

/** @throws {TypeError | RangeError | UsageError} for what cannot be meant. */
export function termsOf(options: RunOptions): Terms {
  const { wait, holdAtLeast, shared, limit, weight, owner, onLost, conflictExitCode } = options;
  const ttl = options.ttl === undefined ? DEFAULT_TTL : duration('--ttl', options.ttl, 10);
  if (shared === true && limit !== undefined) {
    throw new UsageError('--shared and --limit: give only one of them.');
  }
  if (weight !== undefined && limit === undefined) {
    throw new UsageError('--weight: it is part of a --limit.');
  }
  return {
    // A forced release is told at once.
    locker: { ...lockerOptions(options), owner, listen: true },
    acquire: {
      ttl,
      waitTimeout: waitOf(wait),
      holdAtLeast:
        holdAtLeast === undefined ? undefined : duration('--hold-at-least', holdAtLeast, 0),
      mode: shared === true ? 'shared' : undefined,
      limit: limit === undefined ? undefined : wholeNumber('--limit', limit),
      weight: weight === undefined ? undefined : wholeNumber('--weight', weight),
    },
    ttl,
    onLost,
    grace: onLost === 'kill' ? 0 : graceOf(options.grace),
    busyCode: conflictExitCode === undefined ? EXIT.BUSY : exitCode(conflictExitCode),
  };
}

function graceOf(grace: string | undefined): number {
  return grace === undefined ? DEFAULT_GRACE : duration('--grace', grace, 0);
}

function waitOf(wait: string | boolean | undefined): number {
  if (wait === false) return 0;
  return typeof wait === 'string' ? duration('--wait', wait, 0) : Infinity;
}

function exitCode(text: string): number {
  const code = wholeNumber('-E', text);
  if (code > 255) throw new UsageError(`-E: ${text} is above 255.`);
  return code;
}
