/** Of an owner as it is written in a token, in bytes. */
export const LONGEST_OWNER = 64;

/** What may stand in a token as it is: visible ASCII that needs no quoting anywhere. */
const ODD = /[^!#$&-[\]-~]/gu;

/**
 * An owner as it is written behind the second slash of a token. All that is odd is written as in a
 * URL: a token has no white space, and stands in keys, messages and logs.
 */
export function writeOwner(owner: string): string {
  return owner.replaceAll(ODD, (odd) => encodeURIComponent(odd));
}

/** The reverse of {@link writeOwner}. */
export function readOwner(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    // Another program has written it.
    return written;
  }
}

/**
 * Who took a lock, by its owner token: what `createLocker` was told as `owner`, or host name and process
 * id. Undefined: the token names nobody, or is none.
 *
 * @example
 * ```ts
 * import { ownerOf } from '@holdfast/core';
 *
 * await using lock = await locker.acquire('order:42');
 * console.log(ownerOf(lock.token)); // web-3:4711
 * ```
 */
export function ownerOf(token: string): string | undefined {
  const [, owner] = /^[\w-]+\/[\w-]+\/(\S+)$/.exec(token) ?? [];
  return owner === undefined ? undefined : readOwner(owner);
}
