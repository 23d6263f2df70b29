/**
 * A replica is promoted once it has all data, and new connections lead to it. Nobody's connection is
 * closed: who only listens goes on listening at the former master, which follows the new one and
 * copies what is published there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Lock, type Locker } from '@holdfast/core';
import { startProxy, type TcpProxy } from '@holdfast/support';
import { eventually } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';
import { ReplicatedPair } from '../redis/replicated-pair.js';

/** For who was passed over to come back: its next poll is due within 5 s. In ms. */
const PATIENCE = 10_000;

interface Failover {
  readonly pair: ReplicatedPair;
  /** A locker whose connections lead to where the master is when they are made. */
  locker(): Promise<Locker>;
  /** The replica becomes the master. */
  changePlaces(): Promise<void>;
  /** Resolves when everybody has what was said at the former master until now. */
  heard(): Promise<void>;
}

function failover(promise: string, act: (failover: Failover) => Promise<void>): void {
  test(promise, { timeout: 2 * PATIENCE }, async () => {
    await using pair = await ReplicatedPair.open();
    await using address = await startProxy({ port: pair.master.port });
    // It stays where the master is now, at the same distance as everybody else.
    await using bystander = await RawClient.open(address.url);
    await using lockers = new Lockers(address);
    await act({
      pair,
      locker: () => lockers.open(),
      changePlaces: () => pair.changePlaces((port) => address.lead(port)),
      async heard() {
        await pair.copied();
        for (let trip = 0; trip < 3; trip += 1) await bystander.command('PING');
      },
    });
  });
}

class Lockers implements AsyncDisposable {
  readonly #address: TcpProxy;
  readonly #all: Locker[] = [];

  constructor(address: TcpProxy) {
    this.#address = address;
  }

  async open(): Promise<Locker> {
    const locker = await createLocker({ url: this.#address.url });
    this.#all.push(locker);
    return locker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((locker) => locker.close()));
  }
}

failover('one of two waiters believes, on whatever side it listens', async (scene) => {
  const { pair } = scene;
  const holder = await scene.locker();
  const stays = await scene.locker();
  const held = await holder.acquire('job');
  const believers: Lock[] = [];
  const believe = async (waiting: Promise<Lock>): Promise<Lock> => {
    const lock = await waiting;
    believers.push(lock);
    return lock;
  };
  const first = believe(stays.acquire('job'));
  await pair.observer.lined('job', 1);
  await scene.changePlaces();
  const comes = await scene.locker();
  const second = believe(comes.acquire('job'));
  await pair.observer.lined('job', 2);
  await held.release();
  const winner = await eventually(Promise.race([first, second]), 'one of them is granted the lock');
  await scene.heard();
  assert.deepEqual(
    believers.map(({ token }) => token),
    [await pair.observer.owner('job')],
  );
  await winner.release();
  const locks = await Promise.all([first, second]);
  const last = locks.find((lock) => lock !== winner);
  assert.ok(last !== undefined && last.fencingToken > winner.fencingToken && last.held);
  assert.equal(await pair.observer.owner('job'), last.token);
  await last.release();
});

failover(
  'a waiter that the new master does not reach believes only what it says',
  async (scene) => {
    const { pair } = scene;
    const holder = await scene.locker();
    const stays = await scene.locker();
    const held = await holder.acquire('job');
    const waiting = stays.acquire('job', { waitTimeout: PATIENCE });
    await pair.observer.lined('job', 1);
    await scene.changePlaces();
    await held.release();
    const lock = await waiting;
    assert.equal(await pair.observer.owner('job'), lock.token);
    await lock.release();
  },
);
