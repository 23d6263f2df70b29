import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as elapse } from 'node:timers/promises';
import { createLocker, type Locker, type LockerOptions } from '@holdfast/core';
import {
  type RedisOptions,
  type RedisServer,
  startProxy,
  startRedis,
  startWorker,
  type TcpProxy,
  type WorkerProcess,
} from '@holdfast/support';
import { Observer, until } from './observer.js';
import type { Commands, Told } from './service.js';
import type { StrainedCommands } from './strained-service.js';

export type Service = WorkerProcess<Commands, Told>;

/**
 * A test with a server of its own, after which nothing may be left in it: no lock, no line, nobody's
 * connection; and in which no process may have met a rejection that nobody handled.
 */
export function scenario(
  promise: string,
  act: (scene: Scene) => Promise<void>,
  options: RedisOptions = {},
): void {
  test(promise, { timeout: 120_000 }, async () => {
    await using scene = await Scene.open(options);
    await act(scene);
    await scene.leavesNothing();
  });
}

/** What takes part in a test: a server, lockers in this process, services in others. */
export class Scene implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly observer: Observer;
  readonly #resources = new AsyncDisposables();
  readonly #lockers: Locker[] = [];
  /** Those that have not ended. */
  readonly #services = new Set<Service>();

  private constructor(redis: RedisServer, observer: Observer) {
    this.redis = redis;
    this.observer = observer;
  }

  static async open(options: RedisOptions): Promise<Scene> {
    const redis = await startRedis(options);
    return new Scene(redis, await Observer.open(redis.url));
  }

  /** A scene with another server. */
  another(): Promise<Scene> {
    return Scene.open({});
  }

  /** A locker in this process. */
  async locker(options: LockerOptions = {}): Promise<Locker> {
    const where = options.client === undefined ? { url: this.redis.url } : {};
    const locker = await createLocker({ ...where, ...options });
    this.#lockers.push(locker);
    return this.#resources.add(locker);
  }

  /** A process of its own with a locker in it. */
  async service(options: LockerOptions = {}): Promise<Service> {
    const args = [JSON.stringify({ url: this.redis.url, ...options })];
    const module = new URL('./service.js', import.meta.url);
    const service = await startWorker<Commands, Told>(module, args);
    this.#services.add(service);
    void service.exited.then(() => this.#services.delete(service));
    return this.#resources.add(service);
  }

  /** A process of its own that is put under strain; it is for the test to close its locker. */
  async strained(options: LockerOptions = {}): Promise<WorkerProcess<StrainedCommands>> {
    const args = [JSON.stringify({ url: this.redis.url, ...options })];
    const module = new URL('./strained-service.js', import.meta.url);
    return this.#resources.add(await startWorker<StrainedCommands>(module, args));
  }

  async proxy(): Promise<TcpProxy> {
    return this.#resources.add(await startProxy({ port: this.redis.port }));
  }

  /**
   * What was never answered is given back by its locker as soon as the server can be reached; once it
   * is closed, it has no more than its `commandTimeout` for that.
   */
  async givenBack(): Promise<void> {
    await until(async () => (await this.#left()).length === 0);
  }

  async leavesNothing(): Promise<void> {
    for (const locker of this.#lockers) await locker.close();
    for (const service of this.#services) {
      assert.deepEqual(await service.request('faults'), []);
      await service.request('close');
    }
    const limit = performance.now() + 15_000;
    while ((await this.#left()).length > 0 && performance.now() < limit) await elapse(5);
    assert.deepEqual(await this.#left(), []);
  }

  async #left(): Promise<string[]> {
    return (await this.observer.keys()).filter((key) => key !== 'holdfast:clock');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The server goes first: what a failed test left stuck on it is told that it is gone.
    await this.observer[Symbol.asyncDispose]();
    await this.redis[Symbol.asyncDispose]();
    await this.#resources[Symbol.asyncDispose]();
  }
}

/** Node 20 has no AsyncDisposableStack. */
class AsyncDisposables implements AsyncDisposable {
  readonly #all: AsyncDisposable[] = [];

  add<T extends AsyncDisposable>(resource: T): T {
    this.#all.push(resource);
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((resource) => resource[Symbol.asyncDispose]()));
  }
}
