import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Locker, type LockerOptions, memoryStore } from '@holdfast/core';
import { HoldfastHealthIndicator, HoldfastModule, LOCKER } from '@holdfast/decorators/nestjs';
import { type RedisServer, startProxy, startRedis } from '@holdfast/support';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { createClient } from 'redis';

let redis: RedisServer;
before(async () => {
  redis = await startRedis();
});
after(() => redis[Symbol.asyncDispose]());

/** An application with health checks. */
async function start(
  options: LockerOptions,
): Promise<INestApplicationContext & { [Symbol.asyncDispose](): Promise<void> }> {
  class AppModule {}
  Module({ imports: [HoldfastModule.forRoot(options), TerminusModule.forRoot({ logger: false })] })(
    AppModule,
  );
  const app = await NestFactory.createApplicationContext(AppModule, {
    logger: false,
    abortOnError: false,
  });
  return Object.assign(app, { [Symbol.asyncDispose]: () => app.close() });
}

/** What Terminus makes of the indicator. */
async function check(app: INestApplicationContext, timeout = '1s' as const): Promise<unknown> {
  // Terminus makes a service for each that asks.
  const health = await app.resolve(HealthCheckService);
  const locks = app.get(HoldfastHealthIndicator);
  try {
    return await health.check([() => locks.isHealthy('locks', { timeout })]);
  } catch (error) {
    return (error as { getResponse(): unknown }).getResponse();
  }
}

test('an application whose locks can be had is healthy, and leaves nothing behind', async () => {
  await using app = await start({ url: redis.url });
  const up = { locks: { status: 'up' } };
  const both = await Promise.all([check(app), check(app)]);
  for (const result of both) {
    assert.deepEqual(result, { status: 'ok', info: up, error: {}, details: up });
  }
  const client = await createClient({ url: redis.url }).connect();
  const keys = await client.keys('lock:*').finally(() => client.destroy());
  assert.deepEqual(keys, []);
});

test('a server that does not answer makes it ill, within the time that is given', async () => {
  await using proxy = await startProxy({ port: redis.port });
  await using app = await start({ url: proxy.url, commandTimeout: 60_000 });
  proxy.hang();
  const locks = app.get(HoldfastHealthIndicator);
  assert.deepEqual(await locks.isHealthy('locks', { timeout: 50 }), {
    locks: { status: 'down', message: 'no lock within 50 ms' },
  });
  await proxy.heal();
});

test('a locker that is closed makes it ill, and says why', async () => {
  await using app = await start({ store: memoryStore() });
  await app.get<Locker>(LOCKER).close();
  const result = (await check(app)) as { readonly status: string; readonly error: object };
  assert.equal(result.status, 'error');
  const { locks } = result.error as { readonly locks: Record<string, string> };
  assert.deepEqual([locks['status'], locks['code']], ['down', 'LOCKER_CLOSED']);
});

test('a server that refuses locks makes it ill', async () => {
  await using app = await start({ url: redis.url });
  const client = await createClient({ url: redis.url }).connect();
  await client.aclSetUser('default', '-set');
  try {
    const { locks } = await app.get(HoldfastHealthIndicator).isHealthy();
    assert.deepEqual([locks.status, locks.code], ['down', 'REDIS_REFUSED']);
  } finally {
    await client.aclSetUser('default', '+set');
    client.destroy();
  }
});

test('a timeout that is none is refused', async () => {
  await using app = await start({ store: memoryStore() });
  const locks = app.get(HoldfastHealthIndicator);
  await assert.rejects(locks.isHealthy('locks', { timeout: 'soon' as '1s' }), {
    name: 'TypeError',
    message: /^timeout: 'soon'/,
  });
});
