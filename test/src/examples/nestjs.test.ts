import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLocker, type Lock, type Locker } from '@holdfast/core';
import { type RedisServer, register, startRedis, unregister } from '@holdfast/support';

const MAIN = fileURLToPath(new URL('../../../examples/nestjs/dist/main.js', import.meta.url));

/** Between two ticks of the schedule that the instances are given, in ms. */
const PERIOD = 2_000;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface Tick {
  readonly at: number;
  readonly fencingToken?: number;
}

/** One process of the application. */
class Instance implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  /** All that it says after it has listened. */
  readonly #said: Promise<string[]>;

  private constructor(url: string, child: ChildProcess, said: Promise<string[]>) {
    this.url = url;
    this.#child = child;
    this.#said = said;
  }

  static async start(redisUrl: string): Promise<Instance> {
    const schedule = `*/${PERIOD / 1_000} * * * * *`;
    const env = {
      ...process.env,
      REDIS_URL: redisUrl,
      PORT: '0',
      REPORT_CRON: schedule,
      EXPORT_TIME: '1500',
    };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.pid !== undefined) register(child.pid);
    const lines: AsyncIterator<string, undefined> = createInterface(child.stdout)[
      Symbol.asyncIterator
    ]();
    for (;;) {
      const next = await lines.next();
      if (next.done === true) throw new Error('The application ended before it listened.');
      const [, url] = /^listening on (.+)$/.exec(next.value) ?? [];
      if (url !== undefined) return new Instance(url, child, rest(lines));
    }
  }

  /** Asks it to end; resolves with what it still said. */
  async terminate(): Promise<readonly string[]> {
    await this[Symbol.asyncDispose]();
    return this.#said;
  }

  async call(method: 'GET' | 'POST', path: string): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), { method });
    return { status: response.status, body: await response.json() };
  }

  charge(invoice: string): Promise<Answer> {
    return this.call('POST', `invoices/${invoice}/charges`);
  }

  async ticks(): Promise<readonly Tick[]> {
    const { body } = await this.call('GET', 'reports');
    return body as Tick[];
  }

  /** Asks it to end, and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    if (pid !== undefined) unregister(pid);
  }
}

async function rest(lines: AsyncIterator<string, undefined>): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const next = await lines.next();
    if (next.done === true) return all;
    all.push(next.value);
  }
}

let redis: RedisServer;
let locker: Locker;
let instances: readonly Instance[] = [];

before(async () => {
  redis = await startRedis();
  locker = await createLocker({ url: redis.url });
  instances = await Promise.all([1, 2, 3].map(() => Instance.start(redis.url)));
});
after(async () => {
  await Promise.all(instances.map((instance) => instance[Symbol.asyncDispose]()));
  await locker?.close();
  await redis?.[Symbol.asyncDispose]();
});

function each<T>(ask: (instance: Instance) => Promise<T>): Promise<T[]> {
  return Promise.all(instances.map(ask));
}

test('a call runs under its lock, on whichever instance', async () => {
  const tokens = new Set<number>();
  for (const instance of instances) {
    const { status, body } = await instance.charge('7');
    assert.equal(status, 201);
    const { fencingToken, ...receipt } = body as { readonly fencingToken: number };
    assert.deepEqual(receipt, { invoice: '7', amount: 12.5 });
    tokens.add(fencingToken);
  }
  assert.equal(tokens.size, 3);
});

test('a busy lock is answered with 409, on every instance', async () => {
  const lock = await locker.acquire('invoice:7');
  const conflict = {
    status: 409,
    body: { statusCode: 409, error: 'Conflict', message: 'This invoice is being charged.' },
  };
  for (const instance of instances) {
    assert.deepEqual(await instance.charge('7'), conflict);
    assert.equal((await instance.charge('8')).status, 201);
  }
  await lock.release();
  assert.equal((await instances[0]?.charge('7'))?.status, 201);
});

test('of concurrent calls on one invoice the first is served, and none twice at a time', async () => {
  const answers = await each((instance) => instance.charge('7'));
  const statuses = answers.map(({ status }) => status);
  assert.ok(statuses.includes(201), statuses.join());
  assert.ok(
    statuses.every((status) => status === 201 || status === 409),
    statuses.join(),
  );
});

test('an instance that can have locks is healthy', async () => {
  const up = { locks: { status: 'up' } };
  const body = { status: 'ok', info: up, error: {}, details: up };
  assert.deepEqual(await instances[0]?.call('GET', 'health'), { status: 200, body });
});

test('an HttpException passes through unchanged', async () => {
  const answer = await instances[0]?.charge('9');
  assert.deepEqual(answer, {
    status: 404,
    body: { statusCode: 404, error: 'Not Found', message: 'There is no such invoice.' },
  });
});

test('a job in the background finishes when a signal ends its application', async () => {
  await using instance = await Instance.start(redis.url);
  const take = (): Promise<Lock | null> => locker.tryAcquire('exports');
  assert.equal((await instance.call('POST', 'exports')).status, 202);
  // The answer did not wait until the job had its lock.
  for (let free = await take(); free !== null; free = await take()) await free.release();
  assert.deepEqual(await instance.terminate(), ['exported']);
  await using free = await locker.tryAcquire('exports');
  assert.ok(free);
});

test('a scheduled job runs on one of three instances', async () => {
  const sentAt = new Map<number, number>();
  const triedAt = new Map<number, number>();
  // The schedule is the machine's clock: one has to look until all three have had the same tick.
  while (![...triedAt.values()].includes(3)) {
    await sleep(50);
    sentAt.clear();
    triedAt.clear();
    for (const { at, fencingToken } of (await each((instance) => instance.ticks())).flat()) {
      const tick = Math.floor(at / PERIOD);
      triedAt.set(tick, (triedAt.get(tick) ?? 0) + 1);
      if (fencingToken !== undefined) sentAt.set(tick, (sentAt.get(tick) ?? 0) + 1);
    }
  }
  for (const [tick, tried] of triedAt) {
    const sent = sentAt.get(tick) ?? 0;
    assert.ok(tried < 3 ? sent <= 1 : sent === 1, `tick ${tick}: ${sent} of ${tried}`);
  }
});
