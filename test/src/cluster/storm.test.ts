/**
 * Slots move and masters change places, again and again, while many take the same few locks. None of that
 * loses a write: so no lock may be lost, nobody forgotten, and no two may hold one at the same time.
 *
 * `HOLDFAST_CLUSTER_STORM=600000` makes it last that long, in ms.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker, type Lock, type Locker } from '@holdfast/core';
import { type Shard, Shards } from './shards.js';

const DURATION = Number(process.env['HOLDFAST_CLUSTER_STORM'] ?? 4_000);
const LOCKERS = 3;
const CALLERS = 18;
const NAMES = Array.from({ length: 6 }, (_, place) => `storm:${place}`);

/** So long the masters do not vote again for a change of the same two, in ms: with a reserve. */
const VOTING = 8_000;

/** So often the locks are taken at least. */
const LEAST = 100;

/** A wait that lasts for so long was forgotten: every hold is over in some ms. In ms. */
const FORGOTTEN = 60_000;

function pick<T>(all: readonly T[]): T {
  return all[Math.floor(Math.random() * all.length)] as T;
}

/** Who holds which lock, as those believe who do. */
class Book {
  readonly #holders = new Map<string, Lock>();
  readonly #last = new Map<string, number>();
  cycles = 0;

  async use(name: string, lock: Lock): Promise<void> {
    const before = this.#holders.get(name);
    assert.ok(before?.held !== true, `${name} is held twice`);
    assert.ok(lock.fencingToken > (this.#last.get(name) ?? 0), `a fencing token of ${name} fell`);
    this.#holders.set(name, lock);
    this.#last.set(name, lock.fencingToken);
    await sleep(Math.random() * 3);
    assert.ok(lock.held, `${name} was lost`);
    this.#holders.delete(name);
    this.cycles += 1;
  }
}

test(
  'nothing is lost, nobody is forgotten, and no lock is held twice',
  { timeout: DURATION + 240_000 },
  async () => {
    await using shards = await Shards.start();
    const book = new Book();
    let [moves, failovers] = [0, 0];
    const end = performance.now() + DURATION;
    // On a busy machine there may have been nothing of it until then.
    const isOver = (): boolean =>
      performance.now() > end && moves > 0 && failovers > 0 && book.cycles > LEAST;

    async function call(locker: Locker): Promise<void> {
      while (!isOver()) {
        const name = pick(NAMES);
        const lock = await locker.acquire(name, { ttl: '30s', waitTimeout: FORGOTTEN });
        await book.use(name, lock);
        await lock.release();
      }
    }

    /** By pair of master and replica. */
    const votes = new Map<number, number>();
    /** A slot goes to another master, with all that is in it. */
    async function move(): Promise<void> {
      const key = `lock:${pick(NAMES)}`;
      const masters = await shards.masters();
      const from = await shards.ownerOf(key);
      const to = pick(masters.filter(({ id }) => id !== from.id));
      const moving = await shards.move(key, from, to);
      await sleep(Math.random() * 40);
      await moving.finish();
      moves += 1;
    }

    /** A master and its replica change places. */
    async function failOver(): Promise<void> {
      const masters = await shards.masters();
      const now = performance.now();
      const replicas = shards.all.filter(
        (shard, place) =>
          !masters.includes(shard) && (votes.get(place % 3) ?? -Infinity) < now - VOTING,
      );
      if (replicas.length === 0) return;
      const replica = pick(replicas);
      votes.set(shards.all.indexOf(replica) % 3, now);
      await replica.client.command('CLUSTER', 'FAILOVER');
      await shards.settled(replica);
      failovers += 1;
    }

    const lockers = await Promise.all(
      Array.from({ length: LOCKERS }, (_, place) =>
        createLocker({ url: (shards.all[place] as Shard).server.url }),
      ),
    );
    try {
      const calls = Array.from({ length: CALLERS }, (_, place) =>
        call(lockers[place % LOCKERS] as Locker),
      );
      const storm = (async () => {
        while (!isOver()) {
          await (Math.random() < 0.7 ? move() : failOver());
          await sleep(50);
        }
      })();
      await Promise.all([...calls, storm]);
    } finally {
      await Promise.all(lockers.map((locker) => locker.close()));
    }
    if (DURATION > 10_000) console.log({ moves, failovers, cycles: book.cycles });
  },
);
