import 'reflect-metadata';
import assert from 'node:assert/strict';
import { type Locker, memoryStore } from '@holdfast/core';
import { assertLocked, Locked, LockKey } from '@holdfast/decorators';
import { HoldfastModule, LOCKER } from '@holdfast/decorators/nestjs';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Injectable()
class Rates {
  readonly rate = 1.1;
}

@Injectable()
class InvoicesService {
  constructor(readonly rates: Rates) {}

  @Locked('invoice')
  async charge(@LockKey() id: number): Promise<string> {
    return `${id} at ${this.rates.rate} under ${assertLocked().name}`;
  }
}

const { REDIS_URL } = process.env;
const where = REDIS_URL === undefined ? { store: memoryStore() } : { url: REDIS_URL };

/** In NestJS 11 a hook that fails keeps those that come after it from being called. */
@Injectable()
class Careless {
  async onModuleDestroy(): Promise<void> {
    throw new Error('careless');
  }
}

@Module({
  imports: [HoldfastModule.forRoot(where)],
  providers: [Rates, InvoicesService, Careless],
})
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const locker = app.get<Locker>(LOCKER);
assert.equal(await app.get(InvoicesService).charge(42), '42 at 1.1 under invoice:42');
const lock = await locker.acquire('order:42');
assert.equal(lock.held, true);
try {
  await app.close();
} catch (error) {
  assert.equal((error as Error).message, 'careless');
} finally {
  await locker.close();
}
assert.equal(lock.held, false);
console.log('the application is closed');
