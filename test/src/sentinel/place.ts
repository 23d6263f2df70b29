import type { LockerOptions } from '@holdfast/core';
import type { RedisSentinels } from '@holdfast/support';

/** Whatever listens on a port of this machine. */
interface Listening {
  readonly port: number;
}

/** Where locks are, by these sentinels. Default: all of the group. */
export function placeOf(
  { name, sentinels }: RedisSentinels,
  roots: readonly Listening[] = sentinels,
): { readonly sentinel: NonNullable<LockerOptions['sentinel']> } {
  return {
    sentinel: { name, sentinelRootNodes: roots.map(({ port }) => ({ host: '127.0.0.1', port })) },
  };
}
