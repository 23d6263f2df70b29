import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../contract/patience.js';
import { oneServer } from './one-server.js';
import { KEY, type Program, PROGRAMS } from './programs.js';

const server = oneServer();

/** Far above what a test takes: here locks end by their release. */
const LONG = 60_000;
/** So long Holdfast goes by the word of a holder who cannot hand off. */
const SHORT = 500;

const PEERS = ['Holdfast', 'redlock', 'redis-semaphore'] as const;

const PAIRS = PEERS.flatMap((first) =>
  PEERS.filter((second) => second !== first).map((second) => [first, second] as const),
);

describe('on the same key they exclude each other', () => {
  for (const [first, second] of PAIRS) {
    test(`what ${first} holds is busy for ${second}, until it is released`, async () => {
      await using one = await PROGRAMS[first](server.redis.url);
      await using other = await PROGRAMS[second](server.redis.url);
      const held = await one.tryTake(LONG);
      assert.ok(held);
      assert.equal(await other.tryTake(LONG), null);
      assert.equal(await one.tryTake(LONG), null);
      await held.release();
      const next = await other.tryTake(LONG);
      assert.ok(next);
      assert.equal(await one.tryTake(LONG), null);
      await next.release();
      assert.equal(await server.witness.command('EXISTS', KEY), 0);
    });

    test(`${second} waits for ${first}, and gets the lock after it`, async () => {
      await using one = await PROGRAMS[first](server.redis.url);
      await using other = await PROGRAMS[second](server.redis.url);
      const held = await one.take(SHORT);
      let hasIt = false;
      const waited = other.take(LONG).then((next) => {
        hasIt = true;
        return next;
      });
      // Two trips of another connection: time enough for who does not respect the holder.
      await server.witness.command('PING');
      await server.witness.command('PING');
      assert.equal(hasIt, false);
      const value = await server.witness.command('GET', KEY);
      await held.release();
      const next = await eventually(waited, `${second} has the lock`);
      assert.notEqual(await server.witness.command('GET', KEY), value);
      await next.release();
      assert.equal(await server.witness.command('EXISTS', KEY), 0);
    });
  }
});

test('what none of them would lose alone is not lost between them', async () => {
  const rounds = 12;
  await server.witness.command('SET', 'counter', '0');
  const count = async (program: Program): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const held = await program.take(LONG);
      const value = Number(await server.witness.command('GET', 'counter'));
      await new Promise((resolve) => setImmediate(resolve));
      await server.witness.command('SET', 'counter', String(value + 1));
      await held.release();
    }
  };
  await using first = await PROGRAMS['impatient Holdfast'](server.redis.url);
  await using second = await PROGRAMS['impatient Holdfast'](server.redis.url);
  await using third = await PROGRAMS.redlock(server.redis.url);
  await using fourth = await PROGRAMS['redis-semaphore'](server.redis.url);
  const programs = [first, second, third, fourth];
  await Promise.all(programs.map((program) => count(program)));
  assert.equal(await server.witness.command('GET', 'counter'), String(programs.length * rounds));
});
