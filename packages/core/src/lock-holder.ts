import { quote } from './quote.js';

/**
 * Who has a lock, as the server said last. By the time that it is read, somebody else may have it.
 *
 * - `locker`: a locker like this one. `owner` is what its `createLocker` was told, or its host name and
 *   process id; undefined if its tokens name nobody. `self`: it is the very locker that was asked.
 * - `several`: those who share it, none of them in particular.
 * - `foreign`: a program of another kind, and the beginning of what it has written into the lock key.
 */
export type LockHolder =
  | {
      readonly kind: 'locker';
      readonly owner: string | undefined;
      /** The owner token, as in `Lock.token`. */
      readonly token: string;
      readonly fencingToken: number;
      readonly self: boolean;
    }
  | { readonly kind: 'several' }
  | { readonly kind: 'foreign'; readonly value: string };

/** In a sentence, after "by". */
export function describeHolder(holder: LockHolder): string {
  if (holder.kind === 'foreign') return `another program, which wrote ${quote(holder.value)}`;
  if (holder.kind === 'several') return 'several who share it';
  const { owner, token, fencingToken, self } = holder;
  const name = owner === undefined ? `token ${token}` : quote(owner).slice(1, -1);
  return `${self ? 'this very locker, ' : ''}${name} (fencing token ${fencingToken})`;
}
