import type { LockHolder } from '@holdfast/core';

/** Who has a lock, in a few words. */
export function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'nobody, but others are first';
  switch (holder.kind) {
    case 'locker':
      return holder.owner ?? `token ${holder.token}`;
    case 'several':
      return 'several who share it';
    case 'foreign':
      return `another program, which wrote ${holder.value}`;
  }
}
