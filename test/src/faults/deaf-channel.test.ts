/**
 * A wake channel that nothing can come through, and whose client's side stays open: it has to be
 * found out without help from the network.
 */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { setTimeout as elapse } from 'node:timers/promises';
import type { Locker } from '@holdfast/core';
import type { TcpProxy } from '@holdfast/support';
import { RawClient } from '../redis/raw-client.js';
import { until } from './observer.js';
import { portsInTurn } from './ports-in-turn.js';
import { comesWithin } from './punctual.js';
import { type Scene, scenario } from './scene.js';

/** A locker whose first wake channel, and no other connection, goes through the proxy. */
async function withChannelThrough(proxy: TcpProxy, scene: Scene): Promise<Locker> {
  const client = portsInTurn(scene.redis.port, proxy.port, scene.redis.port);
  return scene.locker({ client, pool: { max: 1 } });
}

suite('a waiter whose wake channel is deaf', { concurrency: true }, () => {
  scenario('is served among others when the server knows the channel to be gone', async (scene) => {
    const { observer } = scene;
    const proxy = await scene.proxy();
    const [one, other] = [await scene.service(), await scene.service()];
    const lock = await (await scene.locker()).acquire('job');
    const locker = await withChannelThrough(proxy, scene);
    const waiting = locker.acquire('job', { waitTimeout: '12s' });
    await observer.lined('job', 1);
    proxy.abandon();
    await until(async () => (await observer.subscriptions()) === 0);
    // The others hand the lock to each other: whenever the waiter asks, it is held.
    let isOver = false;
    const takeTurns = async (service: typeof one): Promise<void> => {
      while (!isOver) await service.request('turn', 'job', 10);
    };
    const turns = [takeTurns(one), takeTurns(other)];
    try {
      await observer.lined('job', 3);
      await lock.release();
      await (await waiting).release();
    } finally {
      isOver = true;
      await Promise.all(turns);
    }
  });

  scenario('listens again though neither side was told, and is woken at once', async (scene) => {
    const proxy = await scene.proxy();
    const lock = await (await scene.locker()).acquire('job');
    const locker = await withChannelThrough(proxy, scene);
    const waiting = locker.acquire('job');
    await scene.observer.lined('job', 1);
    proxy.swallow();
    // The server still counts the old one.
    await until(async () => (await scene.observer.subscriptions()) >= 2);
    await lock.release();
    // By a message: a poll would be due only after 5 s.
    assert.ok(await comesWithin(3_500, waiting));
    await (await waiting).release();
  });

  scenario('does not open one after the other without a pause', async (scene) => {
    // Two masters behind one address: the commands reach one of them, all channels the other.
    const lock = await (await scene.locker()).acquire('job');
    await using elsewhere = await scene.another();
    const client = portsInTurn(scene.redis.port, elsewhere.redis.port);
    const locker = await scene.locker({ client, pool: { max: 1 } });
    await using admin = await RawClient.open(elsewhere.redis.url);
    const before = await connectionsReceived(admin);
    const waiting = locker.acquire('job');
    const opened = async (): Promise<number> => (await connectionsReceived(admin)) - before;
    await until(async () => (await opened()) > 1);
    // Without a pause there would be hundreds.
    await elapse(2_000);
    const all = await opened();
    assert.ok(all < 10, `${all} were opened`);
    await lock.release();
    await (await waiting).release();
  });
});

async function connectionsReceived(admin: RawClient): Promise<number> {
  const stats = String(await admin.command('INFO', 'stats'));
  return Number(/total_connections_received:(\d+)/.exec(stats)?.[1]);
}
