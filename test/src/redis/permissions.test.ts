import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import {
  createLocker,
  ForeignDataError,
  type Lock,
  type Locker,
  RedisRefusedError,
} from '@holdfast/core';
import { LEAST_PRIVILEGE, OF_ROOMS, OF_SHOWING } from '../contract/acl.js';
import { oneServer } from './one-server.js';
import type { RawClient } from './raw-client.js';

const README = new URL('../../../README.md', import.meta.url);

const RIGHTS = LEAST_PRIVILEGE.split(' ');

const server = oneServer();

interface Scene extends AsyncDisposable {
  readonly admin: RawClient;
  /** `database`: as it stands in a URL. */
  locker(database?: string): Promise<Locker>;
}

/** A user that has these rights and no others. */
async function open(rights: readonly string[]): Promise<Scene> {
  const { redis, witness: admin } = server;
  await admin.command('ACL', 'SETUSER', 'worker', 'reset', 'on', '>secret', ...rights);
  const lockers: Locker[] = [];
  return {
    admin,
    async locker(database = '') {
      const url = `redis://worker:secret@127.0.0.1:${redis.port}${database}`;
      const locker = await createLocker({ url });
      lockers.push(locker);
      return locker;
    },
    async [Symbol.asyncDispose]() {
      // What is given back at the end is not held up by what was taken from the user.
      await admin.command('ACL', 'SETUSER', 'worker', ...RIGHTS);
      await Promise.all(lockers.map((locker) => locker.close()));
    },
  };
}

/** Everything that a locker asks of Redis. Rejects with the first error. */
async function exercise(admin: RawClient, mine: Locker, other: Locker): Promise<void> {
  const lock = await mine.acquire('order:42');
  await lock.renew();
  assert.equal(await other.tryAcquire('order:42'), null);
  const waited = other.acquire('order:42', { waitTimeout: '2s' });
  await Promise.race([admin.queued('lock:order:42', 1), waited]);
  // The first error may be that of the hand-off; the wait ends with its locker then.
  waited.catch(() => {});
  await lock.release();
  const next = await waited;
  assert.equal(await mine.forceRelease('order:42'), true);
  await assert.rejects(next.release(), { code: 'LOCK_LOST' });
  const reader = await mine.acquire('report', { mode: 'shared' });
  assert.equal((await other.inspect('report')).holderCount, 1);
  for await (const { name } of other.list()) assert.equal(name, 'report');
  await reader.renew();
  await reader.release();
  await admin.command('HSET', 'lock:cart', 'apples', '3');
  await assert.rejects(mine.acquire('cart'), (error) => {
    if (error instanceof ForeignDataError) return true;
    throw error;
  });
}

test('a user with the rights in question can do everything', async () => {
  await using scene = await open(RIGHTS);
  await exercise(scene.admin, await scene.locker(), await scene.locker());
});

/** Those that not everybody needs: the lock keys, which each user may have others of, too. */
const IN_TIME = ['~lock:*', ...`${OF_ROOMS} ${OF_SHOWING}`.split(' ')];

function withoutRight(error: unknown): error is RedisRefusedError {
  assert(error instanceof RedisRefusedError, String(error));
  assert.equal(error.code, 'REDIS_REFUSED');
  assert(error.cause instanceof Error);
  // Each version of the server has its own words.
  assert.match(error.cause.message, /NOPERM|ACL|permission|can't/);
  assert.ok(error.message.includes(error.cause.message), error.message);
  return true;
}

describe('a right that every locker needs is missed when it opens, by its name', () => {
  for (const right of RIGHTS.filter((one) => !IN_TIME.includes(one))) {
    test(`without ${right}`, async () => {
      await using scene = await open(RIGHTS.filter((other) => other !== right));
      await assert.rejects(scene.locker(), (error) => {
        const name = right.replace('+', '');
        return withoutRight(error) && error.message.includes(name);
      });
    });
  }

  test('several at once, and where to look them up', async () => {
    const missing = new Set(['+spublish', '+zrem', '+time']);
    await using scene = await open(RIGHTS.filter((right) => !missing.has(right)));
    await assert.rejects(
      scene.locker(),
      /lacks \+zrem \+spublish \+time, see "Permissions" in the README/,
    );
  });

  test('with the first connection, and no later one', async () => {
    await using scene = await open(RIGHTS);
    const locker = await scene.locker();
    await scene.admin.command('ACL', 'SETUSER', 'worker', '-spublish');
    await scene.admin.command('CLIENT', 'KILL', 'TYPE', 'normal');
    await using lock = await locker.acquire('order:42');
    assert.ok(lock.held);
  });
});

describe('a right that only some locks need is reported as missing, never as busy', () => {
  for (const right of IN_TIME) {
    test(`without ${right}`, async () => {
      await using scene = await open(RIGHTS.filter((other) => other !== right));
      const exercised = exercise(scene.admin, await scene.locker(), await scene.locker());
      await assert.rejects(exercised, withoutRight);
    });
  }
});

describe('a hand-off that the server refuses leaves nobody believing in a lock that is gone', () => {
  for (const right of ['+zrem', '+spublish', '+zrange']) {
    test(`without ${right}`, async () => {
      await using scene = await open(RIGHTS);
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const lock = await mine.acquire('order:42', { ttl: '1h' });
      let next: Lock | undefined;
      other.acquire('order:42').then(
        (acquired) => {
          next = acquired;
        },
        () => {},
      );
      await scene.admin.queued('lock:order:42', 1);
      await scene.admin.command('ACL', 'SETUSER', 'worker', right.replace('+', '-'));
      await assert.rejects(lock.release(), RedisRefusedError);
      // What the server has pushed until now has arrived when it answers on this connection.
      await assert.rejects(other.forceRelease('order:43').then(() => other.acquire('', {})));
      const value = String(await scene.admin.command('GET', 'lock:order:42'));
      if (next?.held) assert.ok(value.startsWith(next.token), `believed, but it is ${value}`);
    });
  }
});

test('a release that the server refuses leaves a room as it was', async () => {
  await using scene = await open(RIGHTS);
  const [mine, other] = [await scene.locker(), await scene.locker()];
  const lock = await mine.acquire('report', { mode: 'shared', ttl: '1h' });
  await scene.admin.command('ACL', 'SETUSER', 'worker', '-del');
  await assert.rejects(lock.release(), RedisRefusedError);
  const keys = ['lock:report', 'holdfast:room:lock:report', 'holdfast:leases:lock:report'];
  assert.equal(await scene.admin.command('EXISTS', ...keys), 3);
  await scene.admin.command('ACL', 'SETUSER', 'worker', '+del');
  // It is given back when the refusal has passed, long before its lease is over.
  await using next = await other.acquire('report', { waitTimeout: '20s' });
  assert.equal(next.mode, 'exclusive');
});

test('locks that are refused cost their neighbours in the batch nothing', async () => {
  await using scene = await open(RIGHTS.filter((right) => right !== '+hmget'));
  const locker = await scene.locker();
  // So far ahead that each number is the next one.
  const clock = BigInt(Date.now() + 3_600_000) * 1_000n;
  await scene.admin.command('SET', 'holdfast:clock', String(clock));
  const report = { mode: 'shared' } as const;
  const [order, ...refused] = await Promise.allSettled([
    locker.acquire('order:42'),
    locker.acquire('report', report),
    locker.acquire('report', report),
    locker.acquire('api', { limit: 1 }),
    locker.acquire('api', { limit: 1 }),
  ]);
  assert.deepEqual(
    refused.map(({ status }) => status),
    refused.map(() => 'rejected'),
  );
  assert.equal(order.status, 'fulfilled');
  const next = await locker.acquire('order:43');
  assert.ok(next.fencingToken > order.value.fencingToken);
  const kept = ['report', 'api'].flatMap((name) => [
    `lock:${name}`,
    `holdfast:room:lock:${name}`,
    `holdfast:leases:lock:${name}`,
  ]);
  assert.equal(await scene.admin.command('EXISTS', ...kept), 0);
});

test('a database other than the first wants the right to select it, too', async () => {
  await using scene = await open(RIGHTS);
  await assert.rejects(scene.locker('/3'), RedisRefusedError);
  await scene.admin.command('ACL', 'SETUSER', 'worker', '+select');
  const locker = await scene.locker('/3');
  await using lock = await locker.acquire('order:42');
  assert.ok(lock.held);
});

test('a right that is given late is enough: nothing has to be opened again', async () => {
  await using scene = await open(RIGHTS);
  const locker = await scene.locker();
  await scene.admin.command('ACL', 'SETUSER', 'worker', '-time');
  await assert.rejects(locker.acquire('order:42'), RedisRefusedError);
  await scene.admin.command('ACL', 'SETUSER', 'worker', '+time');
  await using lock = await locker.acquire('order:42');
  assert.ok(lock.held);
});

test('the README names exactly these rights', { skip: !existsSync(README) }, async () => {
  const readme = await readFile(README, 'utf8');
  const blocks = readme.matchAll(/^```[^\n]*\n(.*?)^```/gms);
  // A long rule may be broken into lines, as a shell allows it.
  const commands = [...blocks].map(([, code = '']) => code.replaceAll(/[\s\\'"]+/g, ' '));
  const command = commands.find((text) => text.includes('ACL SETUSER')) ?? '';
  const named = command.split(' ').filter((word) => /^[~&+%]/.test(word));
  assert.deepEqual(named.toSorted(), RIGHTS.toSorted());
});
