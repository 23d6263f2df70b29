/** What stands under our keys and was not written by us, or changed. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { acquire, Batches, handedTo, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';

const server = oneServer();
const CLOCK = 'holdfast:clock';
const QUEUE = 'holdfast:queue:lock:a';

suite('the clock', () => {
  const writes: [type: string, ...command: string[]][] = [
    ['list', 'RPUSH', CLOCK, 'x'],
    ['hash', 'HSET', CLOCK, 'x', 'y'],
    ['set', 'SADD', CLOCK, 'x'],
    ['zset', 'ZADD', CLOCK, '1', 'x'],
    ['stream', 'XADD', CLOCK, '*', 'x', 'y'],
    ['string', 'SET', CLOCK, 'x'],
  ];
  for (const [type, ...command] of writes) {
    test(`that is a ${type} of others counts for nothing`, async () => {
      using batches = await Batches.open(server.redis.url);
      await batches.send(acquire('lock:a', 'me/1'), acquire('lock:b', 'me/1'));
      const before = Number(await server.witness.command('GET', CLOCK));
      await server.witness.command('DEL', CLOCK);
      await server.witness.command(...command);
      const answers = await batches.send(
        batches.renew('lock:a', 'me/1'),
        batches.release('lock:b', 'me/1'),
      );
      assert.deepEqual(kindsOf(answers), ['renewed', 'released']);
      const taken = await batches.ask(acquire('lock:c', 'me/1'));
      assert.ok('fencingToken' in taken && taken.fencingToken > before);
      const [last] = String(await server.witness.command('GET', CLOCK)).split(' ');
      assert.equal(last, String(taken.fencingToken));
    });
  }

  test('says for ever that somebody waits only if it was written so by us', async () => {
    using batches = await Batches.open(server.redis.url);
    const far = 2 ** 52;
    for (const until of ['9'.repeat(14), '9'.repeat(30)]) {
      await server.witness.command('SET', CLOCK, `${far} ${until}`);
      await batches.send(acquire('lock:a', 'me/1'));
      await batches.send(acquire('lock:a', 'me/2', { enqueue: true }));
      const [, moment] = String(await server.witness.command('GET', CLOCK)).split(' ');
      assert.ok(Number(moment) < Date.now() + 60_000, moment);
      await batches.send(batches.release('lock:a', 'me/1'), {
        kind: 'forceRelease',
        key: 'lock:a',
      });
    }
  });
});

suite('a member of a line', () => {
  const malformed = [
    'me/7 0',
    'me/7 007',
    'me/7 -5',
    'me/7 1.5',
    'me/7 1e9',
    'me/7 2147483648',
    'me/7 9999999999999999999999',
    `me/7 ${'9'.repeat(400)}`,
    'me/7 60000 ',
    'me/7 60000  shared',
    'me/7 60000\nshared',
    'me/7  60000',
    'me/7',
    'me/ 60000',
    'me/%7 60000',
    'me/7% 60000',
    '/7 60000',
    'm e/7 60000',
    'mé/7 60000',
    ' me/7 60000',
  ];

  test('that no version writes is dropped, whatever ttl it asks for', async () => {
    using batches = await Batches.open(server.redis.url);
    for (const member of malformed) {
      await batches.send(acquire('lock:a', 'me/1'));
      await batches.send(acquire('lock:a', 'me/2', { enqueue: true }));
      await server.witness.command('ZADD', QUEUE, '1', member);
      const answer = await batches.ask(batches.release('lock:a', 'me/1'));
      assert.equal(handedTo(answer), 'me/2', member);
      const holder = String(await server.witness.command('GET', 'lock:a'));
      assert.ok(holder.startsWith('me/2 '), `${JSON.stringify(member)}: ${holder}`);
      await batches.ask({ kind: 'forceRelease', key: 'lock:a' });
    }
  });

  test('with the longest ttl is served', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(acquire('lock:a', 'me/1'));
    await batches.send(acquire('lock:a', 'me/2', { ttl: 2_147_483_647, enqueue: true }));
    await batches.ask(batches.release('lock:a', 'me/1'));
    assert.match(String(await server.witness.command('GET', 'lock:a')), /^me\/2 /);
  });
});

suite('a lock value with a number that we never give', () => {
  const numbers = ['0', '-1', '1.5', '1e3', '0x10', '007', '9000000000000001', '9'.repeat(30)];
  for (const odd of [...numbers, '', ' 17', '17 ', '17 shared', 'nan', 'inf']) {
    test(`is somebody else's: ${JSON.stringify(odd)}`, async () => {
      using batches = await Batches.open(server.redis.url);
      const value = `me/1 ${odd}`;
      await server.witness.command('SET', 'lock:a', value, 'PX', '60000');
      const answers = await batches.send(
        { kind: 'renew', key: 'lock:a', token: 'me/1', fencingToken: 17, ttl: 60_000 },
        { kind: 'release', key: 'lock:a', token: 'me/1', fencingToken: 17 },
        acquire('lock:a', 'me/1'),
        acquire('lock:a', 'me/1', { enqueue: true }),
        { kind: 'cancel', key: 'lock:a', token: 'me/1', ttl: 60_000 },
      );
      assert.deepEqual(kindsOf(answers), ['lost', 'lost', 'busy', 'waiting', 'cancelled']);
      for (const answer of answers.slice(0, 4)) {
        assert.ok('holder' in answer);
        assert.deepEqual(answer.holder, { kind: 'foreign', value });
      }
      assert.equal(await server.witness.command('GET', 'lock:a'), value);
    });
  }

  test('is told to who asks, cut where it is long', async () => {
    using batches = await Batches.open(server.redis.url);
    await server.witness.command('SET', 'lock:a', 'x'.repeat(100_000), 'PX', '60000');
    const holder = { kind: 'foreign', value: 'x'.repeat(256) };
    const answers = await batches.send(
      { kind: 'renew', key: 'lock:a', token: 'me/1', fencingToken: 17, ttl: 60_000 },
      { kind: 'release', key: 'lock:a', token: 'me/1', fencingToken: 17 },
      acquire('lock:a', 'me/2'),
      acquire('lock:a', 'me/3', { enqueue: true }),
      { kind: 'forceRelease', key: 'lock:a' },
    );
    assert.deepEqual(
      answers.map((answer) => 'holder' in answer && answer.holder),
      answers.map(() => holder),
    );
  });
});

suite('a lock that was made to last for ever', () => {
  test('ends again when it is renewed, by its grant alone', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(acquire('lock:a', 'me/1'));
    await server.witness.command('PERSIST', 'lock:a');
    const terms = { key: 'lock:a', token: 'me/1', ttl: 60_000 };
    const other = { kind: 'renew', ...terms, fencingToken: 17 } as const;
    assert.deepEqual(kindsOf(await batches.send(other)), ['lost']);
    assert.equal(await server.witness.command('PTTL', 'lock:a'), -1);
    assert.deepEqual(await batches.ask(batches.renew('lock:a', 'me/1', 50_000)), {
      kind: 'renewed',
    });
    const left = Number(await server.witness.command('PTTL', 'lock:a'));
    assert.ok(left > 40_000 && left <= 50_000, `${left} ms`);
  });

  test('ends again when the token that holds it asks for it', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(acquire('lock:a', 'me/1'));
    await server.witness.command('PERSIST', 'lock:a');
    assert.deepEqual(kindsOf(await batches.send(acquire('lock:a', 'me/1'))), ['granted']);
    const left = Number(await server.witness.command('PTTL', 'lock:a'));
    assert.ok(left > 50_000 && left <= 60_000, `${left} ms`);
  });

  test('is not shortened by a renewal that comes late, if it has an end', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(acquire('lock:a', 'me/1'));
    await batches.send(batches.renew('lock:a', 'me/1', 10), acquire('lock:a', 'me/1', { ttl: 10 }));
    assert.ok(Number(await server.witness.command('PTTL', 'lock:a')) > 50_000);
  });
});

test('a renewal of a grant that is over leaves the next one to the same token alone', async () => {
  using batches = await Batches.open(server.redis.url);
  await batches.send(acquire('lock:a', 'me/1'));
  const late = batches.renew('lock:a', 'me/1', 300_000);
  await server.witness.command('DEL', 'lock:a');
  await batches.send(acquire('lock:a', 'me/1'));
  const answer = await batches.ask(late);
  assert.ok(!(answer instanceof Error) && answer.kind === 'lost');
  assert.ok(answer.holder?.kind === 'grant' && answer.holder.token === 'me/1');
  assert.ok(Number(await server.witness.command('PTTL', 'lock:a')) <= 60_000);
});
