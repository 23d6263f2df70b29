import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker } from '@holdfast/core';
import { type Outbox, type Send, sendInOrder } from '../../../examples/dist/recipes/outbox.js';
import { until } from '../contract/patience.js';
import { oneServer } from '../redis/one-server.js';
import { meeting } from './meeting.js';

const server = oneServer();

/** A list in Redis, as many processes would see it. */
const outbox: Outbox = {
  async first(signal) {
    for (;;) {
      const message = await server.witness.command('LINDEX', 'outbox', '0');
      if (message !== null) return message as string;
      await sleep(5, undefined, { signal });
    }
  },
  async remove(message) {
    await server.witness.command('LREM', 'outbox', '1', message);
  },
};

test('two processes that send what they find send it twice', async () => {
  await server.witness.command('RPUSH', 'outbox', 'm1');
  const { signal } = new AbortController();
  const bothHaveFound = meeting(2);
  const sent: string[] = [];
  const work = async (): Promise<void> => {
    const message = await outbox.first(signal);
    await bothHaveFound();
    sent.push(message);
    await outbox.remove(message);
  };
  await Promise.all([work(), work()]);
  assert.deepEqual(sent, ['m1', 'm1']);
});

test('one leads and sends each message once; when it steps down, the other goes on', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  const sent: { readonly message: string; readonly by: string; readonly fencingToken: number }[] =
    [];
  const sender =
    (by: string): Send =>
    async (message, { fencingToken }) => {
      sent.push({ message, by, fencingToken });
    };
  const stops = { one: new AbortController(), other: new AbortController() };
  const leading = sendInOrder(one, outbox, sender('one'), stops.one.signal);
  await server.witness.command('RPUSH', 'outbox', 'm1', 'm2');
  await until(() => sent.length === 2, 'the first leader has sent');
  const standingBy = sendInOrder(other, outbox, sender('other'), stops.other.signal);
  await server.witness.queued('lock:outbox', 1);

  stops.one.abort();
  await leading;
  await server.witness.command('RPUSH', 'outbox', 'm3', 'm4');
  await until(() => sent.length === 4, 'the second leader has sent');
  stops.other.abort();
  await standingBy;

  assert.deepEqual(
    sent.map(({ message, by }) => `${message} by ${by}`),
    ['m1 by one', 'm2 by one', 'm3 by other', 'm4 by other'],
  );
  const [first, , third] = sent;
  assert.ok(first && third && first.fencingToken < third.fencingToken);
});
