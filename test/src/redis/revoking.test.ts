/** What is said on a wake channel of a lock that was taken away. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker, type Lock, LockLostError } from '@holdfast/core';
import { aborted, eventually, until } from '../contract/patience.js';
import { acquire, Batches } from './batches.js';
import { FormerLocker } from './former-locker.js';
import { oneServer } from './one-server.js';
import { Subscriber } from './subscriber.js';

const KEY = 'lock:order:42';

const server = oneServer();

suite('a forced release', () => {
  test('names the grant on the channel of its locker, once, and only if somebody listens', async () => {
    using batches = await Batches.open(server.redis.url, { listens: false });
    await using wakes = await Subscriber.open(server.redis.url, 'holdfast:wake:listener');
    const [mine] = await batches.send(
      acquire(KEY, 'listener/1/web-3:1'),
      acquire('lock:deaf', 'nobody/1'),
    );
    assert.ok(mine !== undefined && 'fencingToken' in mine);
    const before = await server.witness.calls('spublish');
    await batches.send(
      { kind: 'forceRelease', key: 'lock:deaf' },
      { kind: 'forceRelease', key: KEY },
    );
    const message = `forced ${mine.fencingToken} listener/1/web-3:1 ${KEY}`;
    await eventually(wakes.heard(message), 'the message');
    assert.deepEqual(wakes.messages, [message]);
    assert.equal((await server.witness.calls('spublish')) - before, 1);
  });

  test('of what a client of another kind holds says nothing', async () => {
    using batches = await Batches.open(server.redis.url, { listens: false });
    await using wakes = await Subscriber.open(server.redis.url, 'holdfast:wake:listener');
    for (const value of ['listener/1', 'listener/1 17 more', 'listener 17', '/1 17', 'room 17']) {
      await server.witness.command('SET', KEY, value);
      await batches.ask({ kind: 'forceRelease', key: KEY });
    }
    await server.witness.command('SPUBLISH', 'holdfast:wake:listener', 'the end');
    await eventually(wakes.heard('the end'), 'the message');
    assert.deepEqual(wakes.messages, ['the end']);
  });

  test('says to a locker of the former version nothing that it takes for a grant', async () => {
    using batches = await Batches.open(server.redis.url);
    await using former = await FormerLocker.open(server.redis.url);
    await using wakes = await Subscriber.open(server.redis.url, 'holdfast:wake:former');
    await former.acquire(KEY, 'former/1');
    await batches.ask({ kind: 'forceRelease', key: KEY });
    await eventually(wakes.any(), 'a message');
    const [message] = wakes.messages;
    assert.match(message ?? '', /^forced \d+ former\/1 lock:order:42$/);
    // As it reads what comes; see `former-locker.ts`.
    assert.doesNotMatch(message ?? '', /^([1-9]\d{0,15}) (\S+) (.+)$/s);
  });

  test('is told to each of those who are inside a room, up to as many as one step may look at', async () => {
    using batches = await Batches.open(server.redis.url, { listens: false });
    await using wakes = await Subscriber.open(server.redis.url, 'holdfast:wake:listener');
    const room = { limit: 200, weight: 1 };
    const tokens = Array.from({ length: 200 }, (_, n) => `listener/${n}`);
    await batches.send(...tokens.map((token) => acquire(KEY, token, { room })));
    await batches.ask({ kind: 'forceRelease', key: KEY });
    await until(() => wakes.messages.length >= 128, 'they are told');
    await server.witness.command('SPUBLISH', 'holdfast:wake:listener', 'the end');
    await eventually(wakes.heard('the end'), 'the message');
    assert.equal(new Set(wakes.messages).size, 129);
  });
});

suite('a room whose marker is gone', () => {
  for (const [what, command] of Object.entries({
    deleted: ['DEL', KEY],
    overwritten: ['SET', KEY, 'somebody'],
  })) {
    test(`because it was ${what}: all who were inside learn it with the first of them`, async () => {
      const where = { url: server.redis.url, listen: true };
      await using one = await createLocker(where);
      await using two = await createLocker(where);
      const terms = { limit: 5, ttl: '1h', renew: false } as const;
      const locks = await Promise.all(
        [one, one, two].map((each) => each.acquire('order:42', terms)),
      );
      const [first, ...others] = locks;
      const losses = others.map((lock) => aborted(lock.signal));
      await server.witness.command(...command);
      await assert.rejects((first as Lock).renew(), { code: 'LOCK_LOST' });
      const reason = what === 'deleted' ? 'gone' : 'taken';
      for (const loss of await Promise.all(losses)) {
        assert.ok(loss instanceof LockLostError && loss.reason === reason, String(loss));
      }
      // They are told once, and not by each of them anew.
      await one.inspect('order:42');
      assert.equal(await server.witness.command('EXISTS', `holdfast:room:${KEY}`), 0);
    });
  }
});

suite('who can publish, and knows the grant', () => {
  test('cannot take a lock away that stands: its holder asks the server', async () => {
    await using locker = await createLocker({ url: server.redis.url, listen: true });
    const lock = await locker.acquire('order:42', { ttl: '1h', renew: false });
    const [channel] = (await server.witness.command('PUBSUB', 'SHARDCHANNELS')) as [string];
    const before = await server.witness.calls('evalsha');
    const lie = `forced ${lock.fencingToken} ${lock.token} ${KEY}`;
    assert.equal(await server.witness.command('SPUBLISH', channel, lie), 1);
    const asked = async (): Promise<boolean> => (await server.witness.calls('evalsha')) > before;
    await until(asked, 'it asks');
    // A call that comes after the answer.
    await locker.inspect('order:42');
    assert.equal(lock.held, true);
    // What is malformed, or of another grant, is not even asked about.
    const later = await server.witness.calls('evalsha');
    for (const word of [
      `forced ${lock.fencingToken + 1} ${lock.token} ${KEY}`,
      `forced ${lock.fencingToken} ${lock.token}`,
      `forced  ${lock.fencingToken} ${lock.token} ${KEY}`,
      `Forced ${lock.fencingToken} ${lock.token} ${KEY}`,
      `forced ${lock.fencingToken} ${lock.token} lock:order:43`,
      'forced',
    ]) {
      assert.equal(await server.witness.command('SPUBLISH', channel, word), 1);
    }
    await locker.inspect('order:42');
    assert.equal((await server.witness.calls('evalsha')) - later, 1);
    assert.equal(lock.held, true);
    await server.witness.command('DEL', KEY);
    await server.witness.command('SPUBLISH', channel, lie);
    const loss = await aborted(lock.signal);
    assert.ok(loss instanceof LockLostError && loss.reason === 'forced');
  });
});

test('who does not listen learns of a forced release at the next renewal, as ever', async () => {
  await using mine = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  const lock = await mine.acquire('order:42', { ttl: '1h', renew: false });
  assert.equal(await other.forceRelease('order:42'), true);
  await mine.inspect('order:42');
  assert.equal(lock.held, true);
  await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'gone' });
});

test('to listen from the start takes one connection more, and the right to', async () => {
  const connected = async (): Promise<number> => {
    const list = String(await server.witness.command('CLIENT', 'LIST'));
    return list.trim().split('\n').length;
  };
  const before = await connected();
  {
    await using _ = await createLocker({ url: server.redis.url });
    assert.equal((await connected()) - before, 1);
  }
  {
    await using _ = await createLocker({ url: server.redis.url, listen: true });
    assert.equal((await connected()) - before, 2);
  }
  await until(async () => (await connected()) === before, 'they are closed');
  const rights = ['~*', '&*', '+@all', '-ssubscribe'];
  await server.witness.command('ACL', 'SETUSER', 'mute', 'on', '>secret', ...rights);
  const url = `redis://mute:secret@127.0.0.1:${server.redis.port}`;
  await assert.rejects(createLocker({ url, listen: true }), { code: 'REDIS_REFUSED' });
  await until(async () => (await connected()) === before, 'nothing is left open');
});
