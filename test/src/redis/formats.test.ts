/** What lockers of other versions read, byte by byte: see docs/protocol.md. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../contract/patience.js';
import { acquire, Batches } from './batches.js';
import { oneServer } from './one-server.js';
import { Subscriber } from './subscriber.js';

const server = oneServer();
const KEY = 'lock:a {b} c';

test('the value of a lock, the member of a line, the clock and a message are what they always were', async () => {
  const { url } = server.redis;
  using batches = await Batches.open(url);
  await using waiter = await Subscriber.open(url, 'holdfast:wake:you');
  const text = async (...command: string[]): Promise<string> =>
    String(await server.witness.command(...command));

  const taken = await batches.ask(acquire(KEY, 'me/1'));
  assert.ok('fencingToken' in taken);
  assert.equal(await text('GET', KEY), `me/1 ${taken.fencingToken}`);
  assert.equal(await text('GET', 'holdfast:clock'), String(taken.fencingToken));

  const waits = await batches.ask(acquire(KEY, 'you/2', { ttl: 7_000, enqueue: true }));
  assert.ok('ticket' in waits);
  const queue = `holdfast:queue:${KEY}`;
  const line = await server.witness.command('ZRANGE', queue, '0', '-1', 'WITHSCORES');
  assert.deepEqual(line, ['you/2 7000', String(waits.ticket)]);
  const [last, moment] = (await text('GET', 'holdfast:clock')).split(' ');
  assert.equal(last, String(waits.asOf));
  assert.match(String(moment), /^\d{13}$/);

  await batches.ask(batches.release(KEY, 'me/1'));
  const value = await text('GET', KEY);
  const [, fence] = /^you\/2 (\d{16})$/.exec(value) ?? [];
  await eventually(waiter.heard(`${fence} you/2 ${KEY}`), 'the message');
  assert.ok(Number(await text('PTTL', KEY)) <= 7_000);
});
