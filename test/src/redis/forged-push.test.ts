import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { createClient } from 'redis';
import { oneServer } from './one-server.js';

const server = oneServer();

/** How far a forger counts up from what it saw. */
const GUESSES = 20;

test('who knows the wake channel, but not the token, can make nobody believe', async () => {
  const { url } = server.redis;
  await using holder = await createLocker({ url });
  await using waiter = await createLocker({ url });
  const forger = await createClient({ url }).connect();
  const spy = await createClient({ url }).connect();
  try {
    // The forger saw one hand-off, which is over: it knows what a message looks like.
    const first = await holder.acquire('order:41');
    const former = waiter.acquire('order:41');
    await server.witness.queued('lock:order:41', 1);
    const [channel] = (await server.witness.command('PUBSUB', 'SHARDCHANNELS')) as [string];
    const seen = new Promise<string>((resolve) => {
      void spy.sSubscribe(channel, resolve).then(() => first.release());
    });
    const { token, ...over } = (await former).toJSON();
    const message = await seen;
    assert.ok(message.includes(token) && message.includes(String(over.fencingToken)), message);
    await (await former).release();
    await spy.sUnsubscribe(channel);

    const lock = await holder.acquire('order:42');
    const waited = waiter.acquire('order:42');
    await server.witness.queued('lock:order:42', 1);
    const lockerId = channel.slice(channel.lastIndexOf(':') + 1);
    for (let sequence = 0; sequence <= GUESSES; sequence += 1) {
      const guesses = [`${lockerId}/${sequence}`, token.replace(/\/\d+/, `/${sequence}`)];
      for (const guess of guesses) {
        const forged = message
          .replace(token, guess)
          .replace(String(over.fencingToken), String(lock.fencingToken + 1_000_000 + sequence))
          .replace('order:41', 'order:42');
        assert.equal(await forger.sPublish(channel, forged), 1);
      }
    }
    // The channel keeps its order: what was forged has been read before what is true.
    await lock.release();
    await using next = await waited;
    const value = await server.witness.command('GET', 'lock:order:42');
    assert.equal(value, `${next.token} ${next.fencingToken}`);
  } finally {
    forger.destroy();
    spy.destroy();
  }
});
