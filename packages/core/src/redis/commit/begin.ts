import { GraceMismatchError } from '../../errors.js';
import { type Grace, graceFor } from '../../store/grace.js';
import { RESERVED_PREFIX } from '../../store/protocol.js';
import type { StoreListener } from '../../store/port.js';
import type { Connection } from '../connections/connection.js';
import { codeOf } from '../refusal.js';
import { BEGIN_DIGEST, BEGIN_SCRIPT } from '../script/begin.js';
import { EPOCH } from '../script/epoch.js';

type Speaker = Pick<Connection, 'address' | 'command'>;

/** Where the epoch of these lockers stands, behind what all keys beside locks begin with. */
export function epochKeyOf({ scope }: Grace, base: string = RESERVED_PREFIX): string {
  return base + EPOCH + scope;
}

/** Begins an epoch, if one is due. Resolves with what is left of its grace, in ms. The script is there. */
export async function begun(speaker: Speaker, grace: Grace, base?: string): Promise<number> {
  const { scope, time, lag, ttl = 0 } = grace;
  const args = JSON.stringify([0, 0, 0, time, lag, scope]);
  const key = epochKeyOf(grace, base);
  const command = ['EVALSHA', BEGIN_DIGEST, '1', key, args, base ?? RESERVED_PREFIX];
  const reply = await speaker.command(command);
  const [left, shortest] = Array.isArray(reply) ? (reply as unknown[]) : [];
  if (typeof left !== 'number' || typeof shortest !== 'number') {
    throw new TypeError('The reply about an epoch is not two numbers.');
  }
  const needed = graceFor(ttl, grace);
  if (needed > shortest) throw new GraceMismatchError(speaker.address, needed, shortest);
  return left;
}

/**
 * The same with the script brought along. Resolves with 0 if the server says nothing for now.
 *
 * @throws {GraceMismatchError} if others count on less than the locker's own ttl needs. Rejects with the
 *   error reply if a right is missing.
 */
export async function begin(speaker: Speaker, grace: Grace, base?: string): Promise<number> {
  try {
    // In one go: most servers have the script already.
    const [, left] = await Promise.all([
      speaker.command(['SCRIPT', 'LOAD', BEGIN_SCRIPT]),
      begun(speaker, grace, base),
    ]);
    return left;
  } catch (error) {
    // A server that loads its data, or is busy, says nothing about whose it is.
    const code = error instanceof Error ? codeOf(error.message) : undefined;
    if (code === undefined || code === 'NOPERM') throw error;
    return 0;
  }
}

/** What a locker does at a server of its own before it is opened. */
export async function beginAtOpening(
  connection: Connection,
  grace: Grace | undefined,
  listener: StoreListener,
): Promise<void> {
  if (grace === undefined) return;
  const left = await begin(connection, grace);
  if (left > 0) listener.graced?.(left, connection.address);
}
