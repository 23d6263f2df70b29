import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as elapse } from 'node:timers/promises';
import type { DiagnosticMessages } from '@holdfast/core';
import { until } from './observer.js';
import { portsInTurn } from './ports-in-turn.js';
import { scenario } from './scene.js';

scenario('renewal goes on over another connection when one hangs', async (scene) => {
  const ttl = 2_000;
  const proxy = await scene.proxy();
  const client = portsInTurn(proxy.port, scene.redis.port);
  const locker = await scene.locker({ client, ttl });
  const lock = await locker.acquire('job');
  proxy.hang();
  await elapse(ttl + 200);
  assert.equal(lock.signal.aborted, false);
  assert.equal(lock.held, true);
  assert.ok((await scene.observer.lease('job')) > 0);
  await lock.release();
});

scenario('renewal goes on when a network forgets every connection of the pool', async (scene) => {
  const ttl = 2_000;
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ttl, pool: { min: 1, max: 4 } });
  // A crowd has it open all that it may; all of them are idle then.
  proxy.delay(10);
  const crowd = Array.from({ length: 4_000 }, (_, place) => `of caller ${place}`);
  await Promise.all(crowd.map((name) => locker.using(name, () => {})));
  assert.equal(proxy.connections, 4);
  proxy.delay(0);
  const lock = await locker.acquire('job');
  proxy.swallow();
  await elapse(ttl + 200);
  assert.equal(lock.signal.aborted, false);
  assert.equal(lock.held, true);
  assert.ok((await scene.observer.lease('job')) > 0);
  await lock.release();
});

scenario('an acquire goes over another connection when one hangs', async (scene) => {
  const proxy = await scene.proxy();
  const client = portsInTurn(proxy.port, scene.redis.port);
  const locker = await scene.locker({ client, commandTimeout: 1_500 });
  proxy.hang();
  const lock = await locker.acquire('job');
  assert.equal(lock.held, true);
  await lock.release();
});

scenario('a release goes over another connection when one hangs', async (scene) => {
  const proxy = await scene.proxy();
  const client = portsInTurn(proxy.port, scene.redis.port);
  const locker = await scene.locker({ client, commandTimeout: 1_500 });
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
    const holder = await scene.locker({ ttl: 800 });
    const lock = await holder.acquire('job');
    // The first connection is for commands, the second for grants; the proxy stands before that.
    const client = portsInTurn(scene.redis.port, proxy.port, scene.redis.port);
    const locker = await scene.locker({ client, ttl: 800, pool: { max: 1 } });
    const waiting = locker.acquire('job');
    await observer.lined('job', 1);
    proxy.hang(direction);
    await lock.release();
    // The server counts the deaf connection as a receiver; the fallback poll finds the grant.
    assert.notEqual(await observer.owner('job'), undefined);
    const next = await waiting;
    assert.equal(next.held, true);
    await next.release();

    // From now on grants are pushed again: a poll would be due only after 5 s.
    const again = await holder.acquire('job', { ttl: 30_000 });
    const pushed = locker.acquire('job');
    await observer.lined('job', 1);
    const released = performance.now();
    await again.release();
    await (await pushed).release();
    assert.ok(performance.now() - released < 2_500);
  });
}

scenario('a channel that grants cannot come through is built anew', async (scene) => {
  const { observer } = scene;
  const opened: string[] = [];
  const listen = (message: unknown): void => {
    const { state, purpose } = message as DiagnosticMessages['holdfast:connection'];
    if (state === 'open') opened.push(purpose);
  };
  const proxy = await scene.proxy();
  const holder = await scene.locker({ ttl: 500 });
  const lock = await holder.acquire('job');
  subscribe('holdfast:connection', listen);
  try {
    const client = portsInTurn(scene.redis.port, proxy.port, scene.redis.port);
    const locker = await scene.locker({ client, ttl: 500, pool: { max: 1 } });
    const waiting = locker.acquire('job');
    await observer.lined('job', 1);
    proxy.hang();
    await lock.release();
    const next = await waiting;
    await until(() => opened.length === 3);
    assert.deepEqual(opened, ['commands', 'wake', 'wake']);
    await next.release();
  } finally {
    unsubscribe('holdfast:connection', listen);
  }
});

scenario('a while without new connections costs those nothing that stand', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ttl: 500 });
  const lock = await locker.acquire('job');
  proxy.refuse();
  await elapse(700);
  assert.equal(lock.held, true);
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
  const locker = await scene.locker({ url: proxy.url, ttl: 60_000, commandTimeout: 300 });
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
  const locker = await scene.locker({ url: proxy.url, ttl: 1_500 });
  const lock = await locker.acquire('job');
  proxy.refuse();
  proxy.cut();
  // The first renewal falls into the dark.
  await elapse(700);
  await proxy.heal();
  await elapse(1_100);
  assert.equal(lock.signal.aborted, false);
  assert.equal(lock.held, true);
  await lock.release();
});
