import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import type { Lock } from '@holdfast/core';
import { hear } from './heard.js';
import { until } from './observer.js';
import { portsInTurn } from './ports-in-turn.js';
import { scenario } from './scene.js';

/** So that a connection that hangs is given up after 750 ms, and there is time for another one. */
const PATIENT = { ttl: 6_000, commandTimeout: 1_500 } as const;

/** Waits until the lock has been renewed in the background, as often. */
async function renewed(lock: Lock, during: () => unknown, times = 1): Promise<void> {
  using renewals = hear('holdfast:renewal');
  await during();
  const ours = (): string[] =>
    renewals.messages.filter(({ token }) => token === lock.token).map(({ outcome }) => outcome);
  await until(
    () => lock.signal.aborted || ours().filter((one) => one === 'renewed').length >= times,
  );
  assert.equal(lock.signal.aborted, false);
  assert.equal(lock.held, true);
}

scenario('renewal goes on over another connection when one hangs', async (scene) => {
  const proxy = await scene.proxy();
  const client = portsInTurn(proxy.port, scene.redis.port);
  const locker = await scene.locker({ client, ...PATIENT });
  const lock = await locker.acquire('job');
  await renewed(lock, () => proxy.hang());
  assert.ok((await scene.observer.lease('job')) > 0);
  await lock.release();
});

scenario('renewal goes on when a network forgets every connection of the pool', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ...PATIENT, pool: { min: 1, max: 4 } });
  // A crowd has it open all that it may; all of them are idle then.
  proxy.delay(10);
  const crowd = Array.from({ length: 4_000 }, (_, place) => `of caller ${place}`);
  await Promise.all(crowd.map((name) => locker.using(name, () => {})));
  assert.equal(proxy.connections, 4);
  proxy.delay(0);
  const lock = await locker.acquire('job');
  await renewed(lock, () => proxy.swallow());
  assert.ok((await scene.observer.lease('job')) > 0);
  await lock.release();
});

scenario('an acquire goes over another connection when one hangs', async (scene) => {
  const proxy = await scene.proxy();
  const client = portsInTurn(proxy.port, scene.redis.port);
  const locker = await scene.locker({ client, commandTimeout: 4_000 });
  proxy.hang();
  const lock = await locker.acquire('job');
  assert.equal(lock.held, true);
  await lock.release();
});

scenario('a release goes over another connection when one hangs', async (scene) => {
  const proxy = await scene.proxy();
  const client = portsInTurn(proxy.port, scene.redis.port);
  const locker = await scene.locker({ client, commandTimeout: 4_000 });
  const lock = await locker.acquire('job');
  proxy.hang();
  await lock.release();
  assert.equal(await scene.observer.owner('job'), undefined);
});

for (const direction of ['down', undefined] as const) {
  const way = direction === undefined ? 'both ways' : `on its way ${direction}`;
  scenario(`a waiter gets the lock although its wake connection hangs ${way}`, async (scene) => {
    const { observer } = scene;
    const proxy = await scene.proxy();
    const holder = await scene.locker();
    // Who waits asks again when this lease would end.
    const lock = await holder.acquire('job', { ttl: 2_500 });
    using connections = hear('holdfast:connection');
    // The first connection is for commands, the second for grants; the proxy stands before that.
    const client = portsInTurn(scene.redis.port, proxy.port, scene.redis.port);
    const locker = await scene.locker({ client, pool: { max: 1 } });
    const waiting = locker.acquire('job');
    await observer.lined('job', 1);
    proxy.hang(direction);
    await lock.release();
    // The server counts the deaf connection as a receiver; the fallback poll finds the grant.
    assert.notEqual(await observer.owner('job'), undefined);
    const next = await waiting;
    assert.equal(next.held, true);
    await next.release();

    // A channel that grants cannot come through is built anew: from then on they are pushed again.
    const opened = (): string[] =>
      connections.messages.filter(({ state }) => state === 'open').map(({ purpose }) => purpose);
    await until(() => opened().length === 3);
    assert.deepEqual(opened(), ['commands', 'wake', 'wake']);
    const again = await holder.acquire('job');
    const pushed = locker.acquire('job');
    await observer.lined('job', 1);
    const before = await observer.batches();
    await again.release();
    const last = await pushed;
    // Nobody asked.
    assert.equal(await observer.batches(), before + 1);
    await last.release();
  });
}

scenario('a while without new connections costs those nothing that stand', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ttl: 3_000 });
  const lock = await locker.acquire('job');
  await renewed(lock, () => proxy.refuse(), 2);
  await lock.release();
});

scenario('a wait that needs a connection is patient while new ones are refused', async (scene) => {
  const proxy = await scene.proxy();
  const holder = await scene.locker();
  const lock = await holder.acquire('job');
  const locker = await scene.locker({ url: proxy.url });
  proxy.refuse();
  // It has to open its wake channel first.
  const waiting = locker.acquire('job');
  await elapse(300);
  assert.equal(await scene.observer.waiters('job'), 0);
  await proxy.heal();
  await scene.observer.lined('job', 1);
  await lock.release();
  await (await waiting).release();
});

scenario('a release that nobody heard is made good when a connection is back', async (scene) => {
  const { observer } = scene;
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ttl: 60_000, commandTimeout: 1_000 });
  const lock = await locker.acquire('job');
  proxy.refuse();
  proxy.cut();
  await assert.rejects(lock.release(), { code: 'REDIS_UNREACHABLE' });
  assert.equal(await observer.owner('job'), lock.token);
  await proxy.heal();
  // Long before its ttl.
  await until(async () => (await observer.owner('job')) === undefined);
});

scenario('a held lock outlives a while without any connection', async (scene) => {
  const proxy = await scene.proxy();
  const ttl = 6_000;
  const locker = await scene.locker({ url: proxy.url, ttl });
  const lock = await locker.acquire('job');
  await renewed(lock, async () => {
    proxy.refuse();
    proxy.cut();
    // The first one, after a third of the ttl, falls into the dark.
    await until(() => lock.remaining < ttl / 2);
    await proxy.heal();
  });
  await lock.release();
});
