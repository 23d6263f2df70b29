import { randomBytes } from 'node:crypto';

/** Characters of one: 48 bits. */
const LENGTH = 8;
/** Drawn at once: a call for each would take longer than the rest of an acquisition. */
const POOL = 6 * 512;

let pool = '';
let next = 0;

/** Eight characters that nobody can guess. */
export function nonce(): string {
  if (next === pool.length) {
    pool = randomBytes(POOL).toString('base64url');
    next = 0;
  }
  next += LENGTH;
  return pool.slice(next - LENGTH, next);
}
