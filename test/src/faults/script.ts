/** A short script that uses a lock and comes to its end: `node script.js <ending> <url>`. */
import { once } from 'node:events';
import { setTimeout as elapse } from 'node:timers/promises';
import { createLocker, HoldfastError } from '@holdfast/core';

const [, , ending = '', url = ''] = process.argv;
const options = { url };

export type Ending =
  | 'released'
  | 'waited'
  | 'holding'
  | 'waiting'
  | 'unanswered'
  | 'connecting'
  | 'in vain'
  | 'draining'
  | 'leading'
  | 'closed';

const endings: Record<Ending, () => Promise<string>> = {
  async released() {
    const locker = await createLocker(options);
    const lock = await locker.acquire('job');
    await lock.release();
    return 'released';
  },
  async waited() {
    const locker = await createLocker(options);
    await using _ = await locker.acquire('job');
    return 'waited';
  },
  async holding() {
    const locker = await createLocker(options);
    await locker.acquire('job');
    return 'holding';
  },
  async waiting() {
    const locker = await createLocker(options);
    return codeOf(locker.acquire('job', { waitTimeout: 500 }));
  },
  async unanswered() {
    const locker = await createLocker({ url, commandTimeout: 500 });
    return codeOf(locker.acquire('job'));
  },
  async connecting() {
    return codeOf(createLocker(options), 'connected');
  },
  async 'in vain'() {
    return codeOf(createLocker({ url, connectTimeout: 800 }), 'connected');
  },
  async draining() {
    const locker = await createLocker(options);
    const lock = await locker.acquire('job');
    setTimeout(() => void lock.release(), 300).unref();
    await locker.close({ drain: '10s' });
    return `drained, ${lock.signal.aborted ? 'cut off' : 'released'}`;
  },
  async leading() {
    const locker = await createLocker(options);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300).unref();
    await locker.lead('job', (_lock, signal) => once(signal, 'abort'), stop);
    return 'stepped down';
  },
  async closed() {
    const before = process.getActiveResourcesInfo();
    const locker = await createLocker(options);
    const lock = await locker.acquire('job');
    const waiting = codeOf(locker.acquire('job'));
    // Time for it to open its wake channel and to stand in line.
    await elapse(100);
    await locker.close();
    await waiting;
    await codeOf(lock.release());
    await elapse(1);
    const after = process.getActiveResourcesInfo();
    for (const resource of before) {
      const place = after.indexOf(resource);
      if (place !== -1) after.splice(place, 1);
    }
    return after.join(' ') || 'nothing';
  },
};

async function codeOf(work: Promise<unknown>, otherwise = 'none'): Promise<string> {
  try {
    await work;
    return otherwise;
  } catch (error) {
    return error instanceof HoldfastError ? error.code : String(error);
  }
}

// Awaited at the top level: a process that runs out of work before this is done exits with 13.
console.log(await endings[ending as Ending]());
