import { hostname } from 'node:os';
import { show } from '../runtime/duration.js';
import { LONGEST_OWNER, writeOwner } from '../store/owner.js';

/** Checks an owner that was given; returns it as it is written. */
export function parseOwner(owner: unknown): string {
  if (typeof owner !== 'string' || !owner.isWellFormed()) {
    throw new TypeError(`owner: ${show(owner)} is not a well-formed string.`);
  }
  const written = writeOwner(owner);
  if (written.length > LONGEST_OWNER) {
    throw new RangeError(
      `owner: as ${show(written)} it has ${written.length} bytes; ${LONGEST_OWNER} are allowed.`,
    );
  }
  return written;
}

/** Host name and process id; of a long host name the beginning. */
export function defaultOwner(): string {
  const id = `:${process.pid}`;
  let host = '';
  for (const character of hostname()) {
    const written = writeOwner(character);
    if (host.length + written.length + id.length > LONGEST_OWNER) break;
    host += written;
  }
  return host + id;
}
