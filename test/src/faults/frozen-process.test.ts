import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import { type HoldfastEvent, type LockHolder, onEvent } from '@holdfast/core';
import { hear } from './heard.js';
import { until } from './observer.js';
import { scenario } from './scene.js';
import { Witness } from './witness.js';

const LOST = { held: false, aborted: true, reason: 'expired' };

scenario('a stopped holder knows in its first statement that its lease is over', async (scene) => {
  const ttl = 1_000;
  const holder = await scene.service({ ttl });
  const locker = await scene.locker({ ttl: 10_000 });
  await holder.request('acquire', 'job');
  // A gap as long as a lease ends it, whoever made the gap.
  const firstStatement = holder.request('spin', 'job', ttl);
  assert.equal(await holder.event('spinning'), true);
  holder.pause();
  const successor = await locker.acquire('job');
  await elapse(ttl);
  holder.resume();
  assert.deepEqual(await firstStatement, LOST);
  await successor.release();
});

scenario('a stopped holder that goes on leaves the lock of its successor alone', async (scene) => {
  const { observer } = scene;
  const holder = await scene.service({ ttl: 300 });
  const locker = await scene.locker({ ttl: 10_000 });
  await holder.request('acquire', 'job');
  holder.pause();
  const successor = await locker.acquire('job');
  holder.resume();
  assert.deepEqual(await holder.request('look', 'job'), LOST);
  await assert.rejects(holder.request('release', 'job'), {
    name: 'LockLostError',
    code: 'LOCK_LOST',
  });
  // What the release may have sent behind the caller's back has been answered after this.
  await holder.request('close');
  assert.equal(await observer.owner('job'), successor.token);
  assert.equal(successor.held, true);
  await successor.release();
});

scenario('a holder whose event loop stalled knows in the next statement', async (scene) => {
  const { observer } = scene;
  const holder = await scene.service({ ttl: 300 });
  const locker = await scene.locker({ ttl: 10_000 });
  await holder.request('acquire', 'job');
  const waiting = locker.acquire('job');
  assert.deepEqual(await holder.request('stall', 'job', 700), LOST);
  const successor = await waiting;
  await assert.rejects(holder.request('release', 'job'), { code: 'LOCK_LOST' });
  await holder.request('close');
  assert.equal(await observer.owner('job'), successor.token);
  await successor.release();
});

scenario('a stall that ends before the deadline costs nothing', async (scene) => {
  const ttl = 4_500;
  const holder = await scene.service({ ttl });
  await holder.request('acquire', 'job');
  const seen = await holder.request('stall', 'job', ttl / 3 + 100);
  assert.deepEqual(seen, { held: true, aborted: false, reason: undefined });
  // The renewal that was due in the stall is sent now, and the lease goes on past its first end.
  await until(async () => (await scene.observer.lease('job')) > ttl - 500);
  assert.equal((await holder.request('look', 'job')).held, true);
  await holder.request('release', 'job');
});

scenario('the lock moves on from a waiter that was stopped when it came to it', async (scene) => {
  const { observer } = scene;
  // Who waits asks again when this lease would end: the stopped one is in the way for longer.
  const locker = await scene.locker({ ttl: 2_000 });
  const stopped = await scene.service({ ttl: 300 });
  const lock = await locker.acquire('job');
  const believed = stopped.request('acquire', 'job');
  await observer.lined('job', 1);
  const waiting = (await scene.locker()).acquire('job');
  await observer.lined('job', 2);
  stopped.pause();
  await lock.release();
  const next = await waiting;

  // When it goes on, it reads a grant that is over, does not believe it, and stands in line.
  stopped.resume();
  await observer.lined('job', 1);
  assert.equal(await observer.owner('job'), next.token);
  assert.equal(next.held, true);
  await next.release();
  const { fencingToken } = await believed;
  assert.ok(fencingToken > next.fencingToken);
  await stopped.request('release', 'job');
});

scenario('a stopped process that a lock was handed to is seen in the way', async (scene) => {
  const { observer } = scene;
  const stopped = await scene.service({ ttl: 4_000, owner: 'stopped@web-3' });
  const lock = await (await scene.locker()).acquire('job');
  const believed = stopped.request('acquire', 'job');
  await observer.lined('job', 1);
  const events: HoldfastEvent[] = [];
  using _ = onEvent((event) => events.push(event));
  const waiting = (await scene.locker()).acquire('job');
  await observer.lined('job', 2);
  stopped.pause();
  await lock.release();
  // Who waits asks again when its channel was lost, as it does every 5 s.
  await observer.send('CLIENT', 'KILL', 'TYPE', 'pubsub');
  const next = await waiting;
  const owners = events.map((event) => {
    if (event.channel === 'holdfast:release') return ['to', ownerIn(event.next)];
    if (event.channel === 'holdfast:wait-end') return ['behind', ownerIn(event.holder)];
    // Nobody gave it back: the lease of who was in the way ran out.
    return event.channel === 'holdfast:acquire' ? ['handed off', event.handedOff] : undefined;
  });
  assert.deepEqual(
    owners.filter((one) => one !== undefined),
    [
      ['to', 'stopped@web-3'],
      ['behind', 'stopped@web-3'],
      ['handed off', false],
    ],
  );
  stopped.resume();
  await next.release();
  await believed;
  await stopped.request('release', 'job');
});

function ownerIn(holder: LockHolder | undefined): string | undefined {
  return holder?.kind === 'locker' ? holder.owner : undefined;
}

scenario('an answer that came while the event loop stood still is read', async (scene) => {
  const commandTimeout = 800;
  const locker = await scene.locker({ commandTimeout });
  await using witness = new Witness(scene.redis.url);
  using connections = hear('holdfast:connection');
  scene.redis.pause();
  const waiting = locker.acquire('job');
  // The request leaves.
  await elapse(20);
  // After this the timers have their turn before anything is read.
  await new Promise((resolve) => setImmediate(resolve));
  scene.redis.resume();
  // Longer than an answer is waited for.
  witness.block(commandTimeout + 100);
  const lock = await waiting;
  assert.deepEqual(connections.messages, []);
  await lock.release();
});
