import { createLocker, type TryAcquireOptions } from '@holdfast/core';
import { type Contestant, TTL } from './contestant.js';
import { HOLDFAST } from './like-holdfast.js';
import type { Entry } from './roster.js';

/** Permits of the one lock that all callers of a workload want. */
export const PERMITS = 8;

export const EXCLUSIVE = 'Holdfast, exclusive, each its own';
export const SHARED = 'Holdfast, shared';
export const LIMITED: string = `Holdfast, limit ${PERMITS}`;
export const SEMAPHORE: string = `redis-semaphore, limit ${PERMITS}`;

/** Those who let several hold one lock, and for comparison who does not. */
export const SHARERS: readonly Entry[] = [
  {
    name: EXCLUSIVE,
    ...HOLDFAST,
    open: async (url) => (await import('./holdfast.js')).open(url),
  },
  { name: SHARED, ...HOLDFAST, open: (url) => openHoldfast(url, { mode: 'shared' }) },
  { name: LIMITED, ...HOLDFAST, open: (url) => openHoldfast(url, { limit: PERMITS }) },
  {
    name: SEMAPHORE,
    role: 'peer',
    waits: 'polling',
    renews: 'always',
    sends: ['set', 'evalsha', 'eval'],
    open: openSemaphore,
  },
];

async function openHoldfast(url: string, options: TryAcquireOptions): Promise<Contestant> {
  const locker = await createLocker({ url });
  return { acquire: (name) => locker.acquire(oneFor(name), { ...options, ttl: TTL }) };
}

async function openSemaphore(url: string): Promise<Contestant> {
  const { Semaphore } = await import('redis-semaphore');
  const { ioredis } = await import('./clients.js');
  const client = await ioredis(url);
  return {
    async acquire(name) {
      const terms = { lockTimeout: TTL, acquireTimeout: Infinity };
      const semaphore = new Semaphore(client, oneFor(name), PERMITS, terms);
      await semaphore.acquire();
      return semaphore;
    },
  };
}

/** A workload gives each caller a name of its own: what stands before the last colon they share. */
export function oneFor(name: string): string {
  return name.slice(0, name.lastIndexOf(':'));
}
