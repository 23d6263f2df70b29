/** Waiters that died in a line are cleared away when the lock comes to them. */
import assert from 'node:assert/strict';
import { comesWithin } from './punctual.js';
import { type Scene, scenario } from './scene.js';

/** Far below the fallback poll, by which every waiter finds a free lock in the end, in ms. */
const AT_ONCE = 3_500;

/** Puts so many waiters of lockers that nobody knows any more before the one that waits. */
async function putDeadBefore({ observer }: Scene, name: string, count: number): Promise<void> {
  const line = `holdfast:queue:lock:${name}`;
  const [member = ''] = (await observer.send('ZRANGE', line, '0', '0')) as string[];
  const dead = Array.from({ length: count }, (_, place) => [
    String(place + 1),
    member.replace(/^[^/]+/, `dead${place}`),
  ]);
  await observer.send('ZADD', line, ...dead.flat());
  await observer.lined(name, count + 1);
}

async function quickly(work: Promise<unknown>): Promise<void> {
  assert.ok(await comesWithin(AT_ONCE, work));
}

scenario('the dead of one lock do not delay the waiter of another one', async (scene) => {
  const holder = await scene.locker();
  const [crowded, other] = [await holder.acquire('crowded'), await holder.acquire('other')];
  const locker = await scene.locker();
  const behind = locker.acquire('crowded');
  await scene.observer.lined('crowded', 1);
  await putDeadBefore(scene, 'crowded', 200);
  const waiting = locker.acquire('other');
  await scene.observer.lined('other', 1);
  // In one turn: both travel in one batch.
  await Promise.all([crowded.release(), other.release()]);
  await quickly(waiting);
  await (await waiting).release();
  await (await behind).release();
});

scenario('a waiter behind 500 dead ones is served at once', async (scene) => {
  const lock = await (await scene.locker()).acquire('job');
  const waiting = (await scene.locker()).acquire('job');
  await scene.observer.lined('job', 1);
  await putDeadBefore(scene, 'job', 500);
  await lock.release();
  await quickly(waiting);
  await (await waiting).release();
});
