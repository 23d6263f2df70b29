import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import { startProxy, startRedis } from '@holdfast/support';
import { SpanStatusCode } from '@opentelemetry/api';
import { Collected, parentOf, provider } from './collected.js';

const tracer = provider.getTracer('test');

/** What a caller does, with a span of its own around it; resolves with that. */
async function request(work: () => Promise<unknown>): Promise<string> {
  return tracer.startActiveSpan('request', async (span) => {
    await work();
    span.end();
    return span.spanContext().spanId;
  });
}

/** Work that is a span. */
async function query(): Promise<void> {
  tracer.startSpan('query').end();
}

test('waiting and holding are two spans of the caller, one after the other, and linked', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  const caller = await request(async () => {
    await using lock = await locker.acquire('order:42', { group: 'order' });
    assert.ok(lock.held);
    await query();
  });
  const [acquire, hold] = [told.span('acquire order'), told.span('hold order')];
  assert.deepEqual([parentOf(acquire), parentOf(hold)], [caller, caller]);
  assert.deepEqual(
    hold.links.map(({ context }) => context.spanId),
    [acquire.spanContext().spanId],
  );
  // In the order in which they ended: none outlasts the caller.
  assert.deepEqual(
    told.spans.map(({ name }) => name),
    ['acquire order', 'query', 'hold order', 'request'],
  );
  // The caller goes on: its work is its own.
  assert.equal(parentOf(told.span('query')), caller);
  assert.deepEqual(acquire.attributes, {
    'holdfast.lock.group': 'order',
    'holdfast.lock.count': 1,
    'holdfast.outcome': 'granted',
  });
  const { 'holdfast.lock.fencing_token': fencingToken, ...rest } = hold.attributes;
  assert.equal(typeof fencingToken, 'number');
  assert.deepEqual(rest, { ...acquire.attributes, 'holdfast.outcome': 'released' });
});

test('work that is called under a lock is in the span of the hold', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  const caller = await request(() => locker.using('order:42', { group: 'order' }, query));
  const hold = told.span('hold order');
  assert.equal(parentOf(hold), caller);
  assert.equal(parentOf(told.span('query')), hold.spanContext().spanId);
});

test('a method with @Locked is in the span of the hold, under its key as it is written', async () => {
  class Orders {
    @UseLocker() readonly locker: Locker;

    constructor(locker: Locker) {
      this.locker = locker;
    }

    @Locked('order:{0.id}')
    async charge(_order: { readonly id: number }): Promise<void> {
      await Promise.resolve();
      await query();
    }
  }
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  await request(() => new Orders(locker).charge({ id: 42 }));
  const hold = told.span('hold order:{0.id}');
  assert.equal(parentOf(told.span('query')), hold.spanContext().spanId);
});

test('the work of a leader is not in the span of its term, which can last for days', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  await locker.lead('outbox', query, { group: 'outbox' });
  assert.equal(parentOf(told.span('query')), undefined);
  assert.equal(parentOf(told.span('hold outbox')), undefined);
});

test('several locks as one are one hold', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected({ group: (name) => name.replace(/:.*/, '') });
  await locker.using(['account:1', 'account:2', 'tenant:7'], query);
  const hold = told.span('hold account,tenant');
  assert.equal(hold.attributes['holdfast.lock.count'], 3);
});

test('who has waited names the fencing token of the hold that was in the way', async () => {
  await using locker = await createLocker({ store: memoryStore(), owner: 'web-3' });
  await using told = new Collected({ group: () => 'order' });
  const first = await locker.acquire('order:42');
  const second = locker.acquire('order:42');
  await first.release();
  await (await second).release();
  const [, acquire] = told.spans.filter(({ name }) => name === 'acquire order');
  const hold = told.spans.find(({ name }) => name === 'hold order');
  const [wait, ...others] = acquire?.events ?? [];
  assert.deepEqual([wait?.name, others], ['wait', []]);
  assert.deepEqual(wait?.attributes, {
    'holdfast.holder.owner': 'web-3',
    'holdfast.holder.fencing_token': hold?.attributes['holdfast.lock.fencing_token'],
  });
});

test('a timeout is a failure that names the holder; a busy try and an abort are none', async () => {
  const store = memoryStore();
  await using locker = await createLocker({ store, owner: 'web-3' });
  await using lock = await locker.acquire('order:42');
  await using told = new Collected();
  await locker.tryAcquire('order:42');
  const signal = AbortSignal.timeout(1);
  await assert.rejects(locker.acquire('order:42', { signal }), { name: 'TimeoutError' });
  await assert.rejects(locker.acquire('order:42', { waitTimeout: 1 }));
  assert.deepEqual(
    told.spans.map(({ attributes, status }) => [attributes['holdfast.outcome'], status.code]),
    [
      ['busy', SpanStatusCode.UNSET],
      ['aborted', SpanStatusCode.UNSET],
      ['timeout', SpanStatusCode.ERROR],
    ],
  );
  const { attributes } = told.spans.at(-1) ?? assert.fail();
  assert.equal(attributes['error.type'], 'ACQUIRE_TIMEOUT');
  assert.equal(attributes['holdfast.holder.owner'], 'web-3');
  assert.equal(attributes['holdfast.holder.fencing_token'], lock.fencingToken);
});

test('a lock that is lost fails its span, with the reason', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  await using told = new Collected();
  const lock = await locker.acquire('order:42');
  await locker.forceRelease('order:42');
  await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
  const { attributes, status, events } = told.span('hold');
  assert.equal(attributes['holdfast.outcome'], 'lost');
  assert.equal(attributes['holdfast.loss.reason'], 'forced');
  assert.equal(attributes['error.type'], 'LOCK_LOST');
  assert.deepEqual([status, events], [{ code: SpanStatusCode.ERROR }, []]);
});

test('no span has the name of a lock, unless it is asked for', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  const tellAll = async (lockNames: boolean): Promise<string> => {
    await using collected = new Collected({ lockNames });
    await using _ = await locker.acquire('secret:42');
    await assert.rejects(locker.acquire('secret:42', { waitTimeout: 1 }));
    await assert.rejects(locker.using(['secret:42', 'b'], { waitTimeout: 1 }, () => {}));
    const lost = await locker.acquire('secret:7');
    await locker.forceRelease('secret:7');
    await assert.rejects(lost.release());
    return JSON.stringify(
      collected.spans.map(({ name, attributes, status, events }) => {
        return { name, attributes, status, events };
      }),
    );
  };
  assert.ok(!(await tellAll(false)).includes('secret'));
  const all = await tellAll(true);
  assert.match(all, /"holdfast\.lock\.names":\["secret:42","b"\]/);
  assert.match(all, /"exception\.message":"Lock \\"secret:42\\" is busy/);
});

test('an outage is an outcome', async () => {
  await using redis = await startRedis();
  await using proxy = await startProxy({ port: redis.port });
  await using locker = await createLocker({ url: proxy.url, commandTimeout: 1_000 });
  await using collected = new Collected({ group: () => 'order' });
  const lock = await locker.acquire('order:42');
  proxy.hang();
  await assert.rejects(locker.acquire('order:7'), { code: 'REDIS_UNREACHABLE' });
  await assert.rejects(lock.release(), { code: 'REDIS_UNREACHABLE' });
  await proxy.heal();
  const failed = collected.spans.filter(({ status }) => status.code === SpanStatusCode.ERROR);
  assert.deepEqual(
    failed.map(({ name, attributes }) => [name, attributes['holdfast.outcome']]),
    [
      ['acquire order', 'unreachable'],
      ['hold order', 'unanswered'],
    ],
  );
});
