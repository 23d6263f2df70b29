/** Whatever comes on the wake channel: a grant, or nothing. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker, type Lock, type Locker } from '@holdfast/core';
import {
  assert as check,
  asyncProperty,
  constantFrom,
  oneof,
  string,
  uint8Array,
} from 'fast-check';
import { createClient } from 'redis';
import { oneServer } from '../redis/one-server.js';
import { collection } from './foreign.js';
import { runs } from './runs.js';
import { nothingUnhandled } from './unhandled.js';

/** Near to what a locker is sent, and not it. */
const text = oneof(
  string(),
  string({ unit: constantFrom('0', '1', '9', ' ', '/', 'a', '\n', '-', 'lock:x') }),
  constantFrom('echo 17', 'echo 17 a/1 lock:x'),
  constantFrom('1 a/1 lock:x', '1795443427202154 a/1 lock:x', ' 1  ', '1e3 a/1 lock:x'),
  constantFrom('9'.repeat(40), '0 a/1 lock:x', '-1 a/1 lock:x', `1 a/1 ${'x'.repeat(100_000)}`),
);
const message = oneof(text, uint8Array()).map((content) => Buffer.from(content as string));

suite('messages of others', () => {
  const server = oneServer();
  nothingUnhandled();

  /** Sends each message to a locker that waits for a lock; it must go on to wait for it. */
  async function flood(
    act: (send: (message: Buffer) => Promise<void>, held: Lock) => Promise<void>,
  ) {
    const { url } = server.redis;
    await using holder = await createLocker({ url });
    await using waiter: Locker = await createLocker({ url });
    const publisher = createClient({ url });
    await publisher.connect();
    try {
      const lock = await holder.acquire('x');
      let granted = false;
      const wait = waiter.acquire('x').then((next) => {
        granted = true;
        return next;
      });
      await server.witness.queued('lock:x', 1);
      const channels = (await server.witness.command('PUBSUB', 'SHARDCHANNELS')) as string[];
      assert.equal(channels.length, 1);
      await act(async (bytes) => {
        const command = ['SPUBLISH', channels[0] as string, bytes];
        assert.equal(await publisher.sendCommand(command), 1);
        assert.equal(granted, false);
        assert.equal(lock.held, true);
      }, lock);
      // Whatever was sent has been read by now: what is handed over comes after it.
      await lock.release();
      await using next = await wait;
      assert.ok(next.fencingToken > lock.fencingToken);
    } finally {
      publisher.destroy();
    }
  }

  test('that are malformed have no effect, in whatever bytes', () =>
    flood(async (send) => {
      await check(asyncProperty(message, send), runs(200));
    }));

  test('that name a token nobody waits for touch nothing, whatever stands under the key', () =>
    flood(async (send, lock) => {
      const [lockerId] = String(
        await server.witness.command('ZRANGE', 'holdfast:queue:lock:x', '0', '0'),
      ).split('/');
      const property = asyncProperty(
        collection,
        constantFrom('theirs', 'holdfast:clock', 'lock:x'),
        async ({ write: [command, ...values] }, key) => {
          await server.witness.command('DEL', 'theirs');
          await server.witness.command(command, 'theirs', ...values);
          const before = await server.witness.command('DUMP', 'theirs');
          await send(Buffer.from(`1795443427202154 ${lockerId}/999 ${key}`));
          await lock.renew();
          assert.deepEqual(await server.witness.command('DUMP', 'theirs'), before);
        },
      );
      await check(property, runs(100));
    }));
});
