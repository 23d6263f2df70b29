import { constants } from 'node:os';
import type { HoldfastErrorCode } from '@holdfast/core';

/** What this program ends with; the numbers are those of sysexits.h, where it has one. */
export const EXIT = {
  OK: 0,
  /** The answer is no: nothing to release, or a server that threatens locks. */
  NO: 1,
  USAGE: 64,
  FOREIGN_DATA: 65,
  UNREACHABLE: 69,
  SOFTWARE: 70,
  /** What was asked for cannot be written. */
  OUTPUT: 74,
  BUSY: 75,
  LOST: 76,
  REFUSED: 77,
  UNSUPPORTED: 78,
  /** As a shell says it. */
  NOT_EXECUTABLE: 126,
  NOT_FOUND: 127,
} as const;

const OF_ERRORS: Readonly<Record<HoldfastErrorCode, number>> = {
  ACQUIRE_TIMEOUT: EXIT.BUSY,
  LINE_FULL: EXIT.BUSY,
  LOCK_LOST: EXIT.LOST,
  REDIS_UNREACHABLE: EXIT.UNREACHABLE,
  REDIS_REFUSED: EXIT.REFUSED,
  REDIS_UNSUPPORTED: EXIT.UNSUPPORTED,
  GRACE_MISMATCH: EXIT.UNSUPPORTED,
  LOCKER_CLOSED: EXIT.SOFTWARE,
  FOREIGN_DATA: EXIT.FOREIGN_DATA,
  LOCK_REENTRY: EXIT.SOFTWARE,
  NOT_LOCKED: EXIT.SOFTWARE,
};

/** What an error of the library means for who called this program. */
export function exitCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && Object.hasOwn(OF_ERRORS, code)
    ? OF_ERRORS[code as HoldfastErrorCode]
    : undefined;
}

/** As shells write that a signal ended a program. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
