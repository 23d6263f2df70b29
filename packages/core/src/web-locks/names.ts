/** A `%`, or half a surrogate pair: with `u`, a whole pair is one character, and no surrogate. */
const ODD = /%|\p{Surrogate}/gu;

/**
 * The Holdfast name for a name of the platform. There a name may be any string that does not begin with
 * `-`; here it may be neither empty nor have half a surrogate pair. What may be both is the same lock in
 * both. The others begin with `-`, which no name of the platform does: the empty one is `-`, and in the
 * others `%` and the halves are written as `%` and four hexadecimal digits. So no two of them collide.
 */
export function toLockName(name: string): string {
  if (name !== '' && name.isWellFormed()) return name;
  const written = name.replaceAll(ODD, (odd) => {
    return `%${odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
  return `-${written}`;
}

/** The reverse. A lock that `-` was given to in another way has no name of the platform, and keeps its own. */
export function fromLockName(lockName: string): string {
  if (!lockName.startsWith('-')) return lockName;
  const name = lockName
    .slice(1)
    .replaceAll(/%([\dA-F]{4})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
  return toLockName(name) === lockName ? name : lockName;
}
