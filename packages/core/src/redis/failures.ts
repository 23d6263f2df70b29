import {
  GraceMismatchError,
  LockerClosedError,
  RedisRefusedError,
  RedisUnreachableError,
} from '../errors.js';
import type { Failure } from '../store/port.js';
import type { Catalogue, Views } from '../store/view.js';
import { verdictOn } from './refusal.js';

export function closed(): Failure {
  return { kind: 'closed', error: new LockerClosedError() };
}

/** Whatever kept a look from being answered, if the session was closed meanwhile. */
export async function unlessClosed<T extends Views | Catalogue>(
  asked: Promise<T | Failure>,
  isClosed: () => boolean,
): Promise<T | Failure> {
  const answer = await asked;
  const failed = answer.kind !== 'views' && answer.kind !== 'catalogue';
  return failed && isClosed() ? closed() : answer;
}

/** It never left this process. */
export function notSent(address: string, cause: unknown): Failure {
  return { kind: 'not sent', error: unreachable(address, 'could not be asked in time', cause) };
}

/** It was sent, and no answer came that can be read. */
export function unanswered(address: string, cause: unknown): Failure {
  return { kind: 'unanswered', error: unreachable(address, 'gave no answer', cause) };
}

/** An error reply. */
export function refused(address: string, reply: Error): Failure {
  const verdict = verdictOn(reply.message);
  if (verdict === 'may have run') return unanswered(address, reply);
  const error = mismatch(address, reply) ?? new RedisRefusedError(address, reply);
  return { kind: 'refused', passing: verdict === 'passes', error };
}

/** The script tells what is needed, and what is there. */
function mismatch(address: string, { message }: Error): GraceMismatchError | undefined {
  const [, needed, shortest] = /^GRACE_MISMATCH (\d+) (\d+)$/.exec(message) ?? [];
  if (needed === undefined) return undefined;
  return new GraceMismatchError(address, Number(needed), Number(shortest));
}

/** Why a connection could not be opened. */
export function notConnected(address: string, error: unknown): Failure {
  if (error instanceof RedisRefusedError) {
    const passing = error.cause instanceof Error && verdictOn(error.cause.message) === 'passes';
    return { kind: 'refused', passing, error };
  }
  // A server that cannot serve locks, such as a replica, may be another one after a failover.
  return { kind: 'not sent', error: unreachable(address, 'cannot be used', error) };
}

function unreachable(address: string, what: string, cause: unknown): RedisUnreachableError {
  // What opening a connection reported is the whole story already.
  if (cause instanceof RedisUnreachableError) return cause;
  const told = cause instanceof RedisRefusedError ? cause.cause : cause;
  return new RedisUnreachableError(address, what, told);
}
