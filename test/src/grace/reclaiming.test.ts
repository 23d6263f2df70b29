/** Which grants are written back in a grace, and which are not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryStore } from '@holdfast/core';
import { startRedis } from '@holdfast/support';
import { sourceOfOptions } from '../../../packages/core/dist/redis/connections/source.js';
import { RedisStore } from '../../../packages/core/dist/redis/redis-store.js';
import { systemClock } from '../../../packages/core/dist/runtime/clock.js';
import type { RenewOperation, Room, StoreSession } from '../../../packages/core/dist/store/port.js';
import { ask } from '../equivalence/ask.js';
import type { OpenableStore } from '../equivalence/side.js';

const GRACE = { scope: 'lock:', time: 60_000, lag: 0 };
const LISTENER = { granted: () => {}, revoked: () => {}, reconnected: () => {} };
const DAY = 86_400_000;
const KEY = 'lock:a';
const ALONE: Room = { limit: 1, weight: 1 };
const READER: Room = { limit: Infinity, weight: 1 };

interface Ground extends AsyncDisposable {
  readonly store: OpenableStore;
}

const GROUNDS: Readonly<Record<string, () => Promise<Ground>>> = {
  async 'in Redis'() {
    const redis = await startRedis();
    const source = sourceOfOptions({ url: redis.url });
    const store = new RedisStore({ source, clock: systemClock, pool: { min: 1, max: 1 } });
    return { store, [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose]() };
  },
  async 'in this process'() {
    const store = memoryStore() as unknown as OpenableStore;
    return { store, async [Symbol.asyncDispose]() {} };
  },
};

async function inGrace(
  setup: () => Promise<Ground>,
  work: (session: StoreSession, reclaim: Reclaim) => Promise<void>,
): Promise<void> {
  // Redis answers on sockets that do not keep the process alive.
  const anchor = setInterval(() => {}, 60_000);
  await using ground = await setup();
  const session = await ground.store.open('me', LISTENER, 5_000, GRACE);
  const reclaim: Reclaim = async (n, fencingToken, room, until = Date.now() + 10_000) => {
    const renewal: RenewOperation = {
      kind: 'renew',
      key: KEY,
      token: `me/${n}`,
      fencingToken,
      ttl: 10_000,
      room,
      until,
    };
    const outcome = await ask(session, renewal);
    return outcome.kind === 'renewed' ? (outcome.reclaimed ?? false) : outcome.kind;
  };
  try {
    await work(session, reclaim);
  } finally {
    session.close();
    clearInterval(anchor);
  }
}

for (const [where, setup] of Object.entries(GROUNDS)) {
  describe(`in a grace, ${where},`, () => {
    test('of two that exclude each other the one that was granted later is written back', () =>
      inGrace(setup, async (_, reclaim) => {
        assert.equal(await reclaim(1, 1_000), true);
        assert.equal(await reclaim(2, 900), 'lost');
        assert.equal(await reclaim(1, 1_000), false);
        assert.equal(await reclaim(3, 1_100), true);
        assert.equal(await reclaim(1, 1_000), 'lost');
        // A room with one permit, another one, and one who is alone.
        assert.equal(await reclaim(4, 1_050, ALONE), 'lost');
        assert.equal(await reclaim(5, 1_200, ALONE), true);
        assert.equal(await reclaim(6, 1_150, ALONE), 'lost');
        assert.equal(await reclaim(7, 1_250, ALONE), true);
        assert.equal(await reclaim(5, 1_200, ALONE), 'lost');
        assert.equal(await reclaim(8, 1_240), 'lost');
        assert.equal(await reclaim(9, 1_300), true);
        assert.equal(await reclaim(7, 1_250, ALONE), 'lost');
      }));

    test('those who may be inside together are written back, whatever there is room for', () =>
      inGrace(setup, async (_, reclaim) => {
        const two: Room = { limit: 2, weight: 1 };
        for (const [n, fence] of [1_000, 900, 1_100].entries()) {
          assert.equal(await reclaim(n, fence, two), true);
          assert.equal(await reclaim(n, fence, two), false);
        }
        assert.equal(await reclaim(4, 800, READER), true);
        assert.equal(await reclaim(5, 1_050), 'lost');
      }));

    test('a lease that is over, and a number that no clock has given, are not written back', () =>
      inGrace(setup, async (session, reclaim) => {
        const ahead = (Date.now() + DAY) * 1_000;
        assert.equal(await reclaim(1, 1_000, undefined, Date.now() - 1_000), 'lost');
        assert.equal(await reclaim(1, 1_000, READER, Date.now() - 1_000), 'lost');
        assert.equal(await reclaim(1, ahead + 60_000_000), 'lost');
        const fencingToken = ahead - 60_000_000;
        assert.equal(await reclaim(1, fencingToken), true);
        // Whatever is given out next is above it.
        await session.listen();
        const terms = { key: KEY, token: 'me/9', ttl: 1_000, enqueue: true, ticket: undefined };
        const outcome = await ask(session, { kind: 'acquire', ...terms });
        assert(outcome.kind === 'waiting');
        assert.ok(outcome.ticket > fencingToken);
      }));
  });
}

/** What became of a renewal: `true` if it was written back, `false` if it was there. */
type Reclaim = (
  n: number,
  fencingToken: number,
  room?: Room,
  until?: number,
) => Promise<boolean | string>;
