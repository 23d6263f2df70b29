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

@Module({ imports: [HoldfastModule.forRoot(where)], providers: [Rates, InvoicesService] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
assert.equal(await app.get(InvoicesService).charge(42), '42 at 1.1 under invoice:42');
const lock = await app.get<Locker>(LOCKER).acquire('order:42');
assert.equal(lock.held, true);
await app.close();
assert.equal(lock.held, false);
console.log('the application is closed');
