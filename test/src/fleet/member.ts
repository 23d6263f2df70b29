/** A process with a locker of some version of the library: `node member.js <module> <url>`. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile, writeFile } from 'node:fs/promises';
import type * as Core from '@holdfast/core';
import type { AcquireOptions, DiagnosticMessages, Lock, LockJSON } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';

export type Granted = {
  readonly token: string;
  readonly fencingToken: number;
  /** It was told by a message, and did not find out by asking. */
  readonly pushed: boolean;
};

type Options = Omit<AcquireOptions, 'signal'>;

export type MemberCommands = {
  acquire(name: string, options?: Options): Promise<Granted>;
  /** Acquires and releases. */
  turn(name: string): Promise<Granted>;
  /** Whether the lock was free. */
  tryAcquire(name: string): Promise<boolean>;
  /** Ends the waits for this lock. */
  giveUp(name: string): Promise<void>;
  release(name: string): Promise<void>;
  handOver(name: string): Promise<LockJSON>;
  adopt(json: LockJSON): Promise<Granted>;
  /** Resolves after so many renewals in the background; whether the lock is held then. */
  renewed(name: string, times: number): Promise<boolean>;
  /** As often, under the lock: reads a number from a file that all share, and writes the next one. */
  count(name: string, file: string, times: number): Promise<void>;
  close(): Promise<void>;
};

const [, , module = '', url = ''] = process.argv;
const { createLocker } = (await import(module)) as typeof Core;
const locker = await createLocker({ url });
const locks = new Map<string, Lock>();
const waits = new Map<string, AbortController>();
const pushed = new Set<string>();

subscribe('holdfast:hand-off', (message) => {
  pushed.add((message as DiagnosticMessages['holdfast:hand-off']).token);
});

function grantOf({ token, fencingToken }: Lock): Granted {
  return { token, fencingToken, pushed: pushed.has(token) };
}

function keep(lock: Lock): Granted {
  locks.set(lock.name, lock);
  return grantOf(lock);
}

function lockOf(name: string): Lock {
  const lock = locks.get(name);
  if (lock === undefined) throw new Error(`This process does not hold ${name}.`);
  return lock;
}

serveWorker({
  async acquire(name, options) {
    const giveUp = new AbortController();
    waits.set(name, giveUp);
    return keep(await locker.acquire(name, { ...options, signal: giveUp.signal }));
  },
  async turn(name) {
    await using lock = await locker.acquire(name);
    return grantOf(lock);
  },
  async tryAcquire(name) {
    const lock = await locker.tryAcquire(name);
    if (lock !== null) keep(lock);
    return lock !== null;
  },
  giveUp: async (name) => waits.get(name)?.abort(new Error('It was given up.')),
  release: async (name) => lockOf(name).release(),
  handOver: async (name) => lockOf(name).handOver(),
  adopt: async (json) => keep(await locker.adopt(json)),
  renewed: (name, times) =>
    new Promise((resolve) => {
      const lock = lockOf(name);
      let left = times;
      const listen = (message: unknown): void => {
        const { token, outcome } = message as DiagnosticMessages['holdfast:renewal'];
        if (token !== lock.token || outcome !== 'renewed') return;
        left -= 1;
        if (left > 0) return;
        unsubscribe('holdfast:renewal', listen);
        resolve(lock.held);
      };
      subscribe('holdfast:renewal', listen);
    }),
  async count(name, file, times) {
    for (let time = 0; time < times; time += 1) {
      await locker.using(name, async () => {
        const value = Number(await readFile(file, 'utf8'));
        await writeFile(file, String(value + 1));
      });
    }
  },
  close: () => locker.close(),
} satisfies MemberCommands);
