/**
 * One program, on the lock manager of this package and on that of the runtime, where it has one: both
 * write the same log. No callback throws in its call: Node up to 26 keeps such a lock for ever.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createLocker, memoryStore } from '@holdfast/core';
import { type LockManager, lockManager, type LockOptions } from '@holdfast/core/web-locks';

type Log = string[];

/** What each scene writes, in any runtime. */
const SCENES: Record<string, (locks: LockManager, log: Log) => Promise<void>> = {
  async results(locks, log) {
    log.push(await locks.request('a', (lock) => `${lock?.name} ${lock?.mode}`));
    log.push(await locks.request('', { mode: 'shared' }, async (lock) => `'${lock?.name}' shared`));
    log.push(await failureOf(locks.request('a', () => Promise.reject(new RangeError()))));
  },

  async refusals(locks, log) {
    const { signal } = new AbortController();
    const refused: readonly (readonly [name: string, options: LockOptions])[] = [
      ['-a', {}],
      ['a', { steal: true, ifAvailable: true }],
      ['a', { steal: true, mode: 'shared' }],
      ['a', { steal: true, signal }],
      ['a', { ifAvailable: true, signal }],
      ['a', { signal: AbortSignal.abort(new RangeError()) }],
      ['a', { mode: 'write' as 'shared' }],
    ];
    for (const [name, options] of refused) {
      log.push(await failureOf(locks.request(name, options, () => {})));
    }
    log.push(await failureOf(locks.request('a', undefined as never)));
  },

  async order(locks, log) {
    const turns = [1, 2, 3].map((n) => {
      return locks.request('a', async () => {
        log.push(`${n} begins`);
        await Promise.resolve();
        log.push(`${n} ends`);
      });
    });
    await Promise.all([...turns, locks.request('b', () => {})]);
  },

  async 'readers and writers'(locks, log) {
    const shared = { mode: 'shared' } as const;
    const first = await hold(locks, 'a', shared, log, 'reader 1');
    const second = await hold(locks, 'a', shared, log, 'reader 2');
    const writer = locks.request('a', () => void log.push('writer'));
    const third = locks.request('a', shared, () => void log.push('reader 3'));
    log.push(await available(locks, 'a', shared));
    first.end();
    await first.over;
    log.push(await available(locks, 'a', shared));
    second.end();
    await Promise.all([second.over, writer, third]);
    log.push(await available(locks, 'a'));
  },

  async query(locks, log) {
    const first = await hold(locks, 'a', {}, log, 'first');
    const second = await hold(locks, 'b', { mode: 'shared' }, log, 'second');
    const waiting = ['exclusive', 'shared', 'exclusive'] as const;
    const third = waiting.map((mode) => locks.request('a', { mode }, () => {}));
    const { held, pending } = await locks.query();
    log.push(...(held ?? []).map(({ name, mode }) => `${name} is held: ${mode}`).toSorted());
    log.push(...(pending ?? []).map(({ name, mode }) => `${name} is asked for: ${mode}`));
    first.end();
    second.end();
    await Promise.all([first.over, second.over, ...third]);
    const after = await locks.query();
    log.push(`${after.held?.length} held, ${after.pending?.length} pending`);
  },

  async signal(locks, log) {
    const holder = await hold(locks, 'a', {}, log, 'holder');
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = locks.request('a', { signal }, () => void log.push('never'));
    const next = locks.request('a', () => void log.push('next'));
    controller.abort(new RangeError());
    log.push(await failureOf(waiting));
    holder.end();
    await Promise.all([holder.over, next]);
    const late = new AbortController();
    const granted = await hold(locks, 'a', { signal: late.signal }, log, 'granted');
    late.abort();
    granted.end();
    log.push(await failureOf(granted.over));
  },

  async steal(locks, log) {
    const holder = await hold(locks, 'a', {}, log, 'holder');
    const waiting = locks.request('a', () => void log.push('waiting'));
    const thief = await hold(locks, 'a', { steal: true }, log, 'thief');
    log.push(await failureOf(holder.over));
    const last = await hold(locks, 'a', { steal: true }, log, 'last');
    log.push(await failureOf(thief.over));
    holder.end();
    thief.end();
    last.end();
    await Promise.all([last.over, waiting]);
    log.push(await available(locks, 'a'));
  },
};

/** Resolves when the lock is granted: with how to end the callback, and the request. */
async function hold(
  locks: LockManager,
  name: string,
  options: LockOptions,
  log: Log,
  who: string,
): Promise<{ readonly end: () => void; readonly over: Promise<unknown> }> {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let over!: Promise<unknown>;
  await new Promise<void>((granted) => {
    over = locks.request(name, options, () => {
      log.push(who);
      granted();
      return ended;
    });
    // It is looked at later, perhaps.
    over.catch(() => {});
  });
  return { end, over };
}

function available(locks: LockManager, name: string, options: LockOptions = {}): Promise<string> {
  const asked = { ...options, ifAvailable: true };
  return locks.request(name, asked, (lock) => (lock === null ? 'not available' : 'available'));
}

async function failureOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'no failure';
  } catch (error) {
    return (error as Error).name;
  }
}

async function logOf(locks: LockManager): Promise<Record<string, Log>> {
  const logs: Record<string, Log> = {};
  for (const [scene, play] of Object.entries(SCENES)) {
    logs[scene] = [];
    await play(locks, logs[scene]);
  }
  return logs;
}

const { REDIS_URL } = process.env;
const where = REDIS_URL === undefined ? { store: memoryStore() } : { url: REDIS_URL };
// Neither a callback that waits nor the loss of a lock keeps a process alive.
const timer = setInterval(() => {}, 1_000);
{
  await using locker = await createLocker({ ...where, keyPrefix: `lock:${randomUUID()}:` });
  const ours = await logOf(lockManager(locker));
  const { navigator } = globalThis as { readonly navigator?: { readonly locks?: LockManager } };
  // That of Deno, up to 2.9, never answers whoever asks for what is available, behind one that waits.
  const native = 'Deno' in globalThis ? undefined : navigator?.locks;
  const theirs = native && (await logOf(native));
  if (theirs !== undefined) assert.deepEqual(ours, theirs);
  const beside = theirs === undefined ? 'there is no other' : 'the runtime has the same log';
  console.log(`${Object.keys(ours).length} scenes of a lock manager; ${beside}`);
}
clearInterval(timer);
