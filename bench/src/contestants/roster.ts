import type { Contestant } from './contestant.js';

export interface Entry {
  /** As it stands in the tables. */
  readonly name: string;
  readonly role: 'holdfast' | 'peer' | 'floor';
  /** How its waiters find out that a lock is free. */
  readonly waits: 'woken' | 'polling' | 'never';
  /** When it renews what it holds. */
  readonly renews: 'always' | 'in using()' | 'when asked' | 'never';
  /**
   * The commands that it sends while it is at work. The server's statistics count what its scripts
   * call inside the server under the same names, so none of these may occur in its scripts.
   */
  readonly sends: readonly string[];
  /** Whether it has something for several locks as one. */
  readonly several?: boolean;
  /** What one installs, and the client that one has to install beside it. */
  readonly packages?: { readonly own: string; readonly client: string };
  /** Loads the library too: a process has only the one that it measures. */
  readonly open: (url: string) => Promise<Contestant>;
}

export const HOLDFAST = 'Holdfast';
export const BARE_NODE_REDIS = 'bare node-redis';

export const ROSTER: readonly Entry[] = [
  {
    name: HOLDFAST,
    role: 'holdfast',
    waits: 'woken',
    renews: 'always',
    sends: ['evalsha'],
    several: true,
    packages: { own: '@holdfast/core', client: 'redis' },
    open: async (url) => (await import('./holdfast.js')).open(url),
  },
  {
    name: 'redlock',
    role: 'peer',
    waits: 'polling',
    renews: 'in using()',
    sends: ['evalsha', 'eval'],
    several: true,
    packages: { own: 'redlock', client: 'ioredis' },
    open: async (url) => (await import('./redlock.js')).open(url),
  },
  {
    name: 'redis-semaphore',
    role: 'peer',
    waits: 'polling',
    renews: 'always',
    sends: ['set', 'evalsha', 'eval'],
    packages: { own: 'redis-semaphore', client: 'ioredis' },
    open: async (url) => (await import('./redis-semaphore.js')).open(url),
  },
  {
    name: 'redlock-universal (node-redis)',
    role: 'peer',
    waits: 'polling',
    renews: 'in using()',
    sends: ['ping', 'set', 'evalsha', 'eval'],
    several: true,
    packages: { own: 'redlock-universal', client: 'redis' },
    open: async (url) => (await import('./redlock-universal.js')).openOnNodeRedis(url),
  },
  {
    name: 'redlock-universal (ioredis)',
    role: 'peer',
    waits: 'polling',
    renews: 'in using()',
    sends: ['ping', 'set', 'evalsha', 'eval'],
    several: true,
    packages: { own: 'redlock-universal', client: 'ioredis' },
    open: async (url) => (await import('./redlock-universal.js')).openOnIoredis(url),
  },
  {
    name: '@verrou/core',
    role: 'peer',
    waits: 'polling',
    renews: 'never',
    sends: ['set', 'eval'],
    packages: { own: '@verrou/core', client: 'ioredis' },
    open: async (url) => (await import('./verrou.js')).open(url),
  },
  {
    name: 'simple-redis-mutex',
    role: 'peer',
    waits: 'woken',
    renews: 'never',
    sends: ['set', 'incr', 'evalsha'],
    packages: { own: 'simple-redis-mutex', client: 'redis' },
    open: async (url) => (await import('./simple-redis-mutex.js')).open(url),
  },
  {
    name: '@redis-kit/lock',
    role: 'peer',
    waits: 'polling',
    renews: 'when asked',
    sends: ['eval'],
    packages: { own: '@redis-kit/lock', client: 'redis5' },
    open: async (url) => (await import('./redis-kit-lock.js')).open(url),
  },
  {
    name: BARE_NODE_REDIS,
    role: 'floor',
    waits: 'never',
    renews: 'never',
    sends: ['set', 'evalsha'],
    open: async (url) => (await import('./bare-commands.js')).openNodeRedis(url),
  },
  {
    name: 'bare node-redis pool',
    role: 'floor',
    waits: 'never',
    renews: 'never',
    sends: ['set', 'evalsha'],
    open: async (url) => (await import('./bare-commands.js')).openNodeRedisPool(url),
  },
  {
    name: 'bare ioredis',
    role: 'floor',
    waits: 'never',
    renews: 'never',
    sends: ['set', 'evalsha'],
    open: async (url) => (await import('./bare-commands.js')).openIoredis(url),
  },
];

export function entryNamed(name: string): Entry {
  const entry = ROSTER.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`There is no contestant ${name}.`);
  return entry;
}
