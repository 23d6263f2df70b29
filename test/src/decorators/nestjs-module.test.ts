import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createLocker,
  type Lock,
  type Locker,
  type LockerOptions,
  memoryStore,
} from '@holdfast/core';
import { currentLock, Locked } from '@holdfast/decorators';
import {
  HoldfastHealthIndicator,
  HoldfastModule,
  LOCKER,
  lockerToken,
} from '@holdfast/decorators/nestjs';
import { Gate } from '@holdfast/support';
import { type DynamicModule, Inject, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

class Service {
  @Locked('order:42')
  async work(): Promise<string | undefined> {
    return currentLock()?.name;
  }
}

async function release(lock: Lock | null): Promise<boolean> {
  await lock?.release();
  return true;
}

/** Starts an application that consists of these modules. */
async function start(...imports: readonly DynamicModule[]): Promise<INestApplicationContext> {
  class AppModule {}
  Module({ imports: [...imports] })(AppModule);
  return NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
}

test('the locker is open as long as the application, and injected under its token', async () => {
  const app = await start(HoldfastModule.forRoot({ store: memoryStore() }));
  const locker = app.get<Locker>(LOCKER);
  const lock = await locker.acquire('order:42');
  await app.close();
  assert.equal(lock.held, false);
  await assert.rejects(locker.acquire('order:42'), { code: 'LOCKER_CLOSED' });
});

test('the locker is the default while the application runs', async () => {
  const app = await start(HoldfastModule.forRoot({ store: memoryStore() }));
  assert.equal(await new Service().work(), 'order:42');
  await app.close();
  await assert.rejects(new Service().work(), /there is no locker/);
});

test('the default of a later application outlives an earlier one', async () => {
  const first = await start(HoldfastModule.forRoot({ store: memoryStore() }));
  const second = await start(HoldfastModule.forRoot({ store: memoryStore() }));
  await first.close();
  assert.equal(await new Service().work(), 'order:42');
  await second.close();
});

test('the default of an earlier application comes back when a later one is shut down', async () => {
  const first = await start(HoldfastModule.forRoot({ store: memoryStore() }));
  const second = await start(HoldfastModule.forRoot({ store: memoryStore() }));
  await second.close();
  assert.equal(await new Service().work(), 'order:42');
  await first.close();
  await assert.rejects(new Service().work(), /there is no locker/);
});

test('a locker that a test puts in the place of the module’s is the default', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  const module = HoldfastModule.forRoot({ store: memoryStore() });
  const providers = (module.providers ?? []).map((provider) =>
    'provide' in provider && provider.provide === LOCKER
      ? { provide: LOCKER, useValue: locker }
      : provider,
  );
  const app = await start({ ...module, providers });
  const lock = await locker.acquire('order:42');
  const work = new Service().work();
  await lock.release();
  assert.equal(await work, 'order:42');
  await app.close();
});

test('the options can come from what is injected', async () => {
  const OPTIONS = Symbol('options');
  class ConfigModule {}
  const config: DynamicModule = {
    module: ConfigModule,
    providers: [{ provide: OPTIONS, useValue: { store: memoryStore(), ttl: '7s' } }],
    exports: [OPTIONS],
  };
  const holdfast = HoldfastModule.forRootAsync({
    imports: [config],
    inject: [OPTIONS],
    useFactory: async (options: LockerOptions) => options,
  });
  const app = await start(holdfast);
  await using lock = await app.get<Locker>(LOCKER).acquire('order:42');
  assert.equal(lock.toJSON().ttl, 7_000);
  await lock.release();
  await app.close();
});

test('with a drain the application waits for work under locks, and then ends', async () => {
  const app = await start(HoldfastModule.forRoot({ store: memoryStore(), drain: '1m' }));
  const locker = app.get<Locker>(LOCKER);
  const lock = await locker.acquire('order:42');
  const closed = app.close();
  // Its other hooks come first.
  while (await locker.tryAcquire('order:43').then(release, () => false));
  assert.deepEqual([lock.held, lock.signal.aborted], [true, false]);
  await lock.release();
  await closed;
});

/** A global module whose job is under way until the application asks it to finish, as a worker's is. */
class Worker {
  readonly #gate = new Gate();
  #job: Promise<boolean> | undefined;

  constructor() {
    this.#gate.shut();
  }

  module(): DynamicModule {
    return {
      module: class WorkerModule {},
      global: true,
      providers: [{ provide: Worker, useValue: this }],
    };
  }

  /** Settles when the job has its lock. */
  start(locker: Locker): Promise<void> {
    return new Promise((resolve) => {
      this.#job = locker.using('order:42', async (lock) => {
        resolve();
        await this.#gate.passed();
        return lock.held;
      });
      // It is looked at when it has finished.
      this.#job.catch(() => {});
    });
  }

  /** Whether the lock was held to the end of the job. */
  async wasHeld(): Promise<boolean | undefined> {
    return this.#job?.catch(() => false);
  }

  /** Called by NestJS. */
  async onApplicationShutdown(): Promise<void> {
    this.#gate.open();
    await this.wasHeld();
  }
}

test('a worker that drains has its locks to the end, if the module is imported first', async () => {
  for (const isFirst of [true, false]) {
    const worker = new Worker();
    const holdfast = HoldfastModule.forRoot({ store: memoryStore() });
    const modules = isFirst ? [holdfast, worker.module()] : [worker.module(), holdfast];
    const app = await start(...modules);
    await worker.start(app.get<Locker>(LOCKER));
    await app.close();
    assert.equal(await worker.wasHeld(), isFirst);
  }
});

test('a locker can be closed once more, whatever became of the hooks', async () => {
  const app = await start(HoldfastModule.forRoot({ store: memoryStore() }));
  const locker = app.get<Locker>(LOCKER);
  const lock = await locker.acquire('order:42');
  try {
    await app.close();
  } finally {
    await locker.close();
  }
  assert.equal(lock.held, false);
});

test('a drain that is none keeps the application from starting', async () => {
  const wrong = HoldfastModule.forRoot({ store: memoryStore(), drain: 'soon' as '1s' });
  await assert.rejects(start(wrong), { name: 'TypeError', message: /^drain: 'soon'/ });
});

test('an application whose locker cannot be opened does not start', async () => {
  const nobody = HoldfastModule.forRoot({ url: 'redis://127.0.0.1:1', connectTimeout: 200 });
  await assert.rejects(start(nobody), { code: 'REDIS_UNREACHABLE' });
});

class Options {
  createHoldfastOptions(): LockerOptions {
    return { store: memoryStore(), ttl: '7s' };
  }
}

test('the options can come from a class, or from a provider that is there', async () => {
  class ConfigModule {}
  const config: DynamicModule = { module: ConfigModule, providers: [Options], exports: [Options] };
  for (const options of [{ useClass: Options }, { imports: [config], useExisting: Options }]) {
    const app = await start(HoldfastModule.forRootAsync(options));
    await using lock = await app.get<Locker>(LOCKER).acquire('order:42');
    assert.equal(lock.ttl, 7_000);
    await lock.release();
    await app.close();
  }
});

test('a locker with a name stands beside the other, and is no default', async () => {
  const [mine, other] = [{ store: memoryStore() }, { store: memoryStore(), name: 'audit' }];
  const app = await start(HoldfastModule.forRoot(mine), HoldfastModule.forRoot(other));
  const [locker, audit] = [LOCKER, lockerToken('audit')].map((token) => app.get<Locker>(token));
  assert.ok(locker !== undefined && audit !== undefined && locker !== audit);
  const lock = await audit.acquire('order:42');
  assert.equal((await app.get(HoldfastHealthIndicator).isHealthy()).locks.status, 'up');
  const health = await new HoldfastHealthIndicator(audit).isHealthy('audit');
  assert.deepEqual(health, { audit: { status: 'up' } });
  assert.equal(await new Service().work(), 'order:42');
  await lock.release();
  await app.close();
  await assert.rejects(audit.acquire('order:42'), { code: 'LOCKER_CLOSED' });
});

test('a locker that is not global is there for those that import its module', async () => {
  const local = HoldfastModule.forRoot({ store: memoryStore(), isGlobal: false });
  class Reader {
    readonly locker: Locker;

    constructor(locker: Locker) {
      this.locker = locker;
    }
  }
  Inject(LOCKER)(Reader, undefined, 0);
  const reading = (imports: DynamicModule[]): DynamicModule => {
    class ReaderModule {}
    return { module: ReaderModule, imports, providers: [Reader] };
  };
  await assert.rejects(start(local, reading([])), /can't resolve dependencies of the Reader/);
  const app = await start(local, reading([local]));
  assert.ok(app.get(Reader, { strict: false }).locker);
  await app.close();
});

test('a module that is told wrongly where and what it is, says so', () => {
  const factory = { useFactory: () => ({}) };
  for (const [make, message] of [
    [() => HoldfastModule.forRoot({ name: '' }), /name: an empty string is not a word/],
    [() => HoldfastModule.forRoot({ isGlobal: 1 as never }), /isGlobal: 1 is not a boolean/],
    [() => HoldfastModule.forRootAsync({}), /give one of useFactory, useClass and useExisting/],
    [() => HoldfastModule.forRootAsync({ ...factory, useClass: Options }), /give one of/],
  ] as const) {
    assert.throws(make, { name: 'TypeError', message });
  }
});
