import assert from 'node:assert/strict';
import type { ListOptions, Locker } from '@holdfast/core';
import type { Promises } from './scene.js';

async function namesOf(locker: Locker, options?: ListOptions): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of locker.list(options)) names.push(name);
  return names.toSorted();
}

export function listing(promises: Promises): void {
  promises('all that is held or waited for is told of once', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const names = Array.from({ length: 300 }, (_, n) => `order:${String(n).padStart(3, '0')}`);
    const locks = await Promise.all(names.map((name) => mine.acquire(name)));
    const controller = new AbortController();
    const waited = other.acquire('order:007', { signal: controller.signal });
    await scene.queued('order:007', 1);
    assert.deepEqual(await namesOf(other), names);
    for await (const seen of other.list({ match: 'order:007' })) {
      assert.deepEqual([seen.mode, seen.waitingCount, seen.waiting], ['exclusive', 1, []]);
      const [holder] = seen.holders;
      assert.ok(holder?.kind === 'locker' && holder.token === locks[7]?.token);
    }
    controller.abort();
    await assert.rejects(waited);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  promises('what many hold is told of with some of them', async (scene) => {
    const locker = await scene.locker();
    const permits = await Promise.all(
      Array.from({ length: 12 }, () => locker.acquire('api', { limit: 20 })),
    );
    for await (const seen of locker.list()) {
      assert.deepEqual(
        [seen.name, seen.mode, seen.used, seen.holderCount],
        ['api', 'limited', 12, 12],
      );
      assert.equal(seen.holders.length, 8);
    }
    await Promise.all(permits.map((permit) => permit.release()));
  });

  promises('names are chosen by what they look like', async (scene) => {
    const locker = await scene.locker();
    const names = [
      'order:1',
      'order:12',
      'user:1',
      'ordner:1',
      'a*b',
      'a?b',
      'axb',
      'ä:1',
      '🔒:1',
      'x[1]',
    ];
    const locks = await Promise.all(names.map((name) => locker.acquire(name)));
    const chosen: Readonly<Record<string, string[]>> = {
      '*': names,
      'order:*': ['order:1', 'order:12'],
      'order:?': ['order:1'],
      'or*:1': ['order:1', 'ordner:1'],
      '*:1': ['order:1', 'ordner:1', 'user:1', 'ä:1', '🔒:1'],
      '?:1': ['ä:1', '🔒:1'],
      'a\\*b': ['a*b'],
      'a?b': ['a*b', 'a?b', 'axb'],
      'x[1]': ['x[1]'],
      'x[12]': [],
      'ORDER:1': [],
      '': [],
    };
    for (const [match, expected] of Object.entries(chosen)) {
      assert.deepEqual(await namesOf(locker, { match }), expected.toSorted(), match);
    }
    await Promise.all(locks.map((lock) => lock.release()));
  });

  promises('no more are told of than were asked for', async (scene) => {
    const locker = await scene.locker();
    const locks = await Promise.all(['a', 'b', 'c'].map((name) => locker.acquire(name)));
    assert.equal((await namesOf(locker, { limit: 2 })).length, 2);
    for await (const _ of locker.list()) break;
    await Promise.all(locks.map((lock) => lock.release()));
  });

  promises('a locker tells of the locks under its own prefix', async (scene) => {
    const [one, two] = [
      await scene.locker({ keyPrefix: 'lock:one:' }),
      await scene.locker({ keyPrefix: 'lock:o*:' }),
    ];
    await using _ = await one.acquire('a');
    await using lock = await two.acquire('b');
    assert.ok(lock.held);
    assert.deepEqual(await namesOf(one), ['a']);
    assert.deepEqual(await namesOf(two), ['b']);
    const all = await scene.locker();
    assert.deepEqual(await namesOf(all), ['o*:b', 'one:a']);
  });
}
