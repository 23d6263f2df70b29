import { createLocker, type LockerOptions } from '@holdfast/core';
import type { Contestant } from './contestant.js';
import { HOLDFAST } from './like-holdfast.js';
import type { Entry } from './roster.js';

export const WITHOUT_GRACE = 'Holdfast, without a grace';
export const WITH_GRACE = 'Holdfast, with a grace';

/** Short: whoever comes first to a server waits until the grace is over. */
const TTL = '2s';
const GRACE = '4.1s';

/** The same with and without. */
export const GRACED: readonly Entry[] = [
  { name: WITHOUT_GRACE, ...HOLDFAST, open: (url) => open({ url, ttl: TTL }) },
  { name: WITH_GRACE, ...HOLDFAST, open: (url) => open({ url, ttl: TTL, grace: GRACE }) },
];

async function open(options: LockerOptions): Promise<Contestant> {
  const locker = await createLocker(options);
  // The grace of the first start is nobody's turn.
  await locker.using('first', () => {});
  return { acquire: (name) => locker.acquire(name) };
}
