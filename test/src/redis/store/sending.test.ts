import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startProxy } from '@holdfast/support';
import { eventually, until } from '../../contract/patience.js';
import { comesWithin } from '../../faults/punctual.js';
import { oneServer } from '../one-server.js';
import { acquire, Client, renew } from './client.js';

const server = oneServer();

suite('what keeps a promise', () => {
  test('goes before what asks for a new one, however much of that waits', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await Client.open(proxy.url);
    const fence = await client.hold('lock:held', 'me/1');
    proxy.delay(10);
    let answered = 0;
    const asked = names(3_000).map((key) =>
      client.send(acquire(key, 'me/2')).then(() => {
        answered += 1;
      }),
    );
    const renewed = await client.send(renew('lock:held', 'me/1', fence));
    assert.equal(renewed.kind, 'renewed');
    assert.ok(answered <= 2 * 256, `${answered} acquires were answered before`);
    await Promise.all(asked);
  });
});

test('acquires are sent in the order in which they came, none with more than 256 others', async () => {
  using client = await Client.open(server.redis.url);
  await client.hold('lock:any', 'me/0');
  const before = await server.witness.calls('evalsha');
  const answers = await Promise.all(names(1_000).map((key) => client.send(acquire(key, 'me/1'))));
  const fences = answers.map((answer) => ('fencingToken' in answer ? answer.fencingToken : 0));
  assert.deepEqual(
    fences,
    fences.toSorted((one, other) => one - other),
  );
  assert.equal(await server.witness.calls('evalsha'), before + 4);
});

test('long keys travel in batches of 128 KiB', async () => {
  using client = await Client.open(server.redis.url);
  await client.hold('lock:any', 'me/0');
  const before = await server.witness.calls('evalsha');
  const long = names(8).map((key) => key.padEnd(50_000, '.'));
  const answers = await Promise.all(long.map((key) => client.send(acquire(key, 'me/1'))));
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    long.map(() => 'granted'),
  );
  assert.equal(await server.witness.calls('evalsha'), before + 4);
});

test('a key that is longer than a batch is sent alone', async () => {
  using client = await Client.open(server.redis.url);
  const huge = 'lock:'.padEnd(200_000, '.');
  const answers = await Promise.all(
    [huge, 'lock:a'].map((key) => client.send(acquire(key, 'me/1'))),
  );
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['granted', 'granted'],
  );
});

suite('as long as the server answers others', () => {
  test('an operation waits for its turn beyond commandTimeout', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await Client.open(proxy.url, { commandTimeout: 900 });
    await client.hold('lock:any', 'me/0');
    proxy.delay(90);
    const started = performance.now();
    const answers = await Promise.all(names(2_500).map((key) => client.send(acquire(key, 'me/1'))));
    assert.ok(performance.now() - started > 900, 'not longer than commandTimeout');
    assert.ok(answers.every(({ kind }) => kind === 'granted'));
  });

  test('it waits no longer than until it need not be sent any more', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await Client.open(proxy.url);
    await client.hold('lock:any', 'me/0');
    proxy.hang('down');
    let isAnswered = false;
    const first = client.send(acquire('lock:a', 'me/1')).finally(() => {
      isAnswered = true;
    });
    await onTheWay('lock:a');
    const second = client.send(acquire('lock:b', 'me/2'), { within: 50 });
    assert.equal((await eventually(second, 'it is given up')).kind, 'not sent');
    assert.equal(isAnswered, false);
    await proxy.heal();
    assert.equal((await first).kind, 'granted');
    assert.equal(await server.witness.command('EXISTS', 'lock:b'), 0);
  });
});

test('what nobody wants any more when its turn comes is not sent', async () => {
  await using proxy = await startProxy({ port: server.redis.port });
  using client = await Client.open(proxy.url);
  await client.hold('lock:any', 'me/0');
  proxy.hang('down');
  const first = client.send(acquire('lock:a', 'me/1'));
  await onTheWay('lock:a');
  let wanted = true;
  const second = client.send(acquire('lock:b', 'me/2'), { wanted: () => wanted });
  const third = client.send(acquire('lock:c', 'me/3'));
  wanted = false;
  await proxy.heal();
  const answers = await Promise.all([first, second, third]);
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['granted', 'not sent', 'granted'],
  );
  assert.equal(await server.witness.command('EXISTS', 'lock:b'), 0);
});

suite('a server that answers nothing', () => {
  test('fails what was sent as unanswered, and what was not as not sent', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await Client.open(proxy.url, { commandTimeout: 300 });
    await client.hold('lock:any', 'me/0');
    proxy.hang();
    const sent = client.send(acquire('lock:a', 'me/1'), { silence: 300 });
    const crowd = names(1_000).map((key) => client.send(acquire(key, 'me/2')));
    const [first, ...others] = await eventually(Promise.all([sent, ...crowd]), 'all have failed');
    assert.equal(first.kind, 'unanswered');
    const kinds = new Set(others.map(({ kind }) => kind));
    assert.ok(kinds.has('not sent'));
    const failures = others.filter(({ kind }) => kind === 'not sent');
    const errors = new Set(failures.map((failure) => 'error' in failure && failure.error));
    // One error for all that are found at the same time.
    assert.ok(errors.size < failures.length / 20, `${errors.size} errors`);
    assert.equal(others.filter(({ kind }) => kind === 'unanswered').length, 255);
  });

  test('is noticed after a commandTimeout of 50 ms, and hardly later', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await Client.open(proxy.url, { commandTimeout: 50 });
    await client.hold('lock:any', 'me/0');
    proxy.hang();
    const started = performance.now();
    const answering = client.send(acquire('lock:a', 'me/1'), { silence: 50 });
    // In more steps than a silence is looked at.
    assert.ok(await comesWithin(160, answering, 8));
    assert.ok(performance.now() - started >= 50);
    assert.equal((await answering).kind, 'unanswered');
  });

  test('has nobody ask it before a connection stands again, and everybody then', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await Client.open(proxy.url);
    await client.hold('lock:any', 'me/0');
    proxy.refuse();
    proxy.cut();
    await client.send(acquire('lock:a', 'me/1'), { within: 20 });
    const answers = names(500).map((key) => client.send(acquire(key, 'me/2')));
    await proxy.heal();
    const kinds = (await eventually(Promise.all(answers), 'all are answered')).map(
      ({ kind }) => kind,
    );
    assert.deepEqual(
      kinds,
      kinds.map(() => 'granted'),
    );
  });
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, place) => `lock:${place}`);
}

/** Resolves when the server has taken the lock for the operation whose answer does not come. */
function onTheWay(key: string): Promise<void> {
  return until(async () => (await server.witness.command('EXISTS', key)) === 1, `${key} is taken`);
}
