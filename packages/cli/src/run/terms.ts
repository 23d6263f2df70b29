import type { AcquireOptions } from '@holdfast/core';
import type { FleetOptions } from '../connection/fleet.js';
import { lockerOptions } from '../connection/options.js';
import { assertWithin, parseGrace } from '../connection/parse-grace.js';
import { duration } from '../duration.js';
import { EXIT } from '../exit-code.js';
import { UsageError } from '../usage-error.js';
import { wholeNumber } from '../whole-number.js';
import type { OnLost, RunOptions } from './command.js';

/** In ms. */
const DEFAULT_KILL_AFTER = 10_000;

/** That of the library, in ms. */
const DEFAULT_TTL = 30_000;

/** The options of a run, checked. */
export interface Terms {
  readonly locker: FleetOptions;
  readonly acquire: AcquireOptions;
  readonly ttl: number;
  readonly onLost: OnLost;
  /** How long a command may take to end before it is killed, in ms. 0: not at all. */
  readonly killAfter: number;
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
  const grace = parseGrace(options);
  if (grace !== undefined) assertWithin(grace, ttl);
  return {
    // A forced release is told at once.
    locker: { ...lockerOptions(options), owner, listen: true, ttl, grace },
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
    killAfter: onLost === 'kill' ? 0 : killAfterOf(options.killAfter),
    busyCode: conflictExitCode === undefined ? EXIT.BUSY : exitCode(conflictExitCode),
  };
}

function killAfterOf(text: string | undefined): number {
  return text === undefined ? DEFAULT_KILL_AFTER : duration('--kill-after', text, 0);
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
