import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Locker } from '@holdfast/core';
import { type Cache, SharedCache } from '../../../examples/dist/recipes/cache.js';
import { oneServer } from '../redis/one-server.js';
import { meeting } from './meeting.js';

const server = oneServer();

const CALLERS = 20;

const cache: Cache = {
  get: async (key) => (await server.witness.command('GET', key)) as string | null,
  set: (key, value) => server.witness.command('SET', key, value),
};

test('without a lock everybody who finds nothing builds', async () => {
  const everybody = meeting(CALLERS);
  let builds = 0;
  const get = async (): Promise<string> => {
    const found = await cache.get('prices');
    if (found !== null) return found;
    builds += 1;
    // A build takes longer than it takes the others to look.
    await everybody();
    await cache.set('prices', 'built');
    return 'built';
  };
  await Promise.all(Array.from({ length: CALLERS }, get));
  assert.equal(builds, CALLERS);
});

test('with it one caller of one process builds, and all others take what it made', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  let builds = 0;
  const build = async (): Promise<string> => {
    builds += 1;
    // Until the other process stands in line: it has found nothing, too.
    await server.witness.queued('lock:cache:prices', 1);
    return `build ${builds}`;
  };
  const ask = (locker: Locker): Promise<string>[] => {
    const shared = new SharedCache(locker, cache);
    return Array.from({ length: CALLERS }, () => shared.get('prices', build));
  };
  const values = await Promise.all([...ask(one), ...ask(other)]);
  assert.deepEqual(new Set(values), new Set(['build 1']));
  assert.equal(builds, 1);
});

test('a build that fails is not kept: the next caller builds', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  const shared = new SharedCache(locker, cache);
  const failure = new Error('the source is down');
  await assert.rejects(
    shared.get('prices', () => Promise.reject(failure)),
    failure,
  );
  assert.equal(await shared.get('prices', async () => 'built'), 'built');
});
