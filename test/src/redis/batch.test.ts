import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acquire, Batches, handedTo, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';

const server = oneServer();
const CLOCK = 'holdfast:clock';

const open = (): Promise<Batches> => Batches.open(server.redis.url);

test('each of a mixed batch is answered as if it had come alone', async () => {
  using batches = await open();
  await batches.send(
    ...['held', 'renewed', 'mine', 'forced'].map((name) => acquire(`lock:${name}`, 'me/1')),
  );
  await server.witness.command('RPUSH', 'lock:list', 'somebody’s');
  await server.witness.command('SET', 'lock:odd', 'me/9 nonsense');
  const former = await server.witness.calls('evalsha');
  const answers = await batches.send(
    acquire('lock:held', 'me/2'),
    acquire('lock:free', 'me/3'),
    acquire('lock:mine', 'me/1'),
    acquire('lock:list', 'me/4'),
    acquire('lock:held', 'me/5', { enqueue: true }),
    { kind: 'forceRelease', key: 'lock:forced' },
    { kind: 'cancel', key: 'lock:renewed', token: 'me/6', ttl: 60_000 },
    batches.renew('lock:renewed', 'me/1'),
    batches.renew('lock:renewed', 'me/10'),
    batches.renew('lock:odd', 'me/9'),
    batches.release('lock:none', 'me/7'),
    batches.release('lock:list', 'me/8'),
  );
  assert.equal(await server.witness.calls('evalsha'), former + 1);
  assert.deepEqual(
    kindsOf(answers),
    'busy granted granted foreign waiting released cancelled renewed lost lost lost lost'.split(
      ' ',
    ),
  );
  assert.deepEqual(await server.witness.command('LRANGE', 'lock:list', '0', '-1'), ['somebody’s']);
  assert.deepEqual(batches.grants, []);
});

test('what a batch gives back goes to the line, and what it takes is not what it gave', async () => {
  using batches = await open();
  await batches.send(acquire('lock:a', 'me/1'), acquire('lock:b', 'me/2'));
  await batches.send(acquire('lock:a', 'me/3', { enqueue: true }));
  const answers = await batches.send(
    acquire('lock:a', 'me/4', { enqueue: true }),
    acquire('lock:b', 'me/5'),
    batches.release('lock:a', 'me/1'),
    batches.release('lock:b', 'me/2'),
  );
  assert.deepEqual(
    answers.map((answer) =>
      'next' in answer ? (handedTo(answer) ?? 'nobody') : 'kind' in answer && answer.kind,
    ),
    ['waiting', 'granted', 'me/3', 'nobody'],
  );
  assert.match(String(await server.witness.command('GET', 'lock:a')), /^me\/3 /);
  assert.match(String(await server.witness.command('GET', 'lock:b')), /^me\/5 /);
});

test('given back twice at a time, a lock is handed off once', async () => {
  using batches = await open();
  await batches.send(acquire('lock:a', 'me/1'));
  await batches.send(
    acquire('lock:a', 'me/2', { enqueue: true }),
    acquire('lock:a', 'me/3', { enqueue: true }),
  );
  const answers = await batches.send(
    batches.release('lock:a', 'me/1'),
    batches.release('lock:a', 'me/1'),
  );
  const [handedOff, late] = answers;
  assert.equal(handedTo(handedOff), 'me/2');
  assert.ok(late && 'holder' in late && late.kind === 'lost');
  assert.ok(late.holder?.kind === 'grant' && late.holder.token === 'me/2');
  assert.match(String(await server.witness.command('GET', 'lock:a')), /^me\/2 /);
});

test('one that fails leaves its neighbours alone, whether somebody waits or not', async () => {
  using batches = await open();
  for (const line of [false, true]) {
    await server.witness.command('FLUSHALL');
    await batches.send(acquire('lock:b', 'me/1'));
    if (line) await batches.send(acquire('lock:b', 'me/2', { enqueue: true }));
    const answers = await batches.send(
      acquire('lock:a', 'me/3', { ttl: 1.5 }),
      acquire('lock:c', 'me/4'),
      batches.renew('lock:b', 'me/1', 1.5),
      batches.release('lock:b', 'me/1'),
    );
    const [failed, taken, unextended, released] = answers;
    assert.ok(failed instanceof Error && /integer/.test(failed.message));
    assert.ok(unextended instanceof Error && /integer/.test(unextended.message));
    assert.ok(taken !== undefined && !(taken instanceof Error) && taken.kind === 'granted');
    assert.equal(handedTo(released), line ? 'me/2' : undefined);
    assert.equal(await server.witness.command('EXISTS', 'lock:a'), 0);
  }
});

test('as long as nobody waits for any lock, no line is looked at, and all are freed at once', async () => {
  using batches = await open();
  const keys = Array.from({ length: 50 }, (_, place) => `lock:${place}`);
  await server.witness.command('CONFIG', 'RESETSTAT');
  await batches.send(...keys.map((key) => acquire(key, 'me/1')));
  await batches.send(...keys.map((key) => batches.release(key, 'me/1')));
  assert.deepEqual(
    await callsOf('evalsha', 'set', 'del', 'mget', 'get', 'exists', 'zrange', 'time'),
    {
      evalsha: 2,
      // Each lock, and the clock.
      set: 51,
      del: 1,
      mget: 2,
      get: 0,
      exists: 0,
      zrange: 0,
      time: 1,
    },
  );
  assert.deepEqual(await server.witness.command('KEYS', '*'), [CLOCK]);
});

test('what is given back and taken in one batch, under as many fencing tokens, is what Redis holds', async () => {
  using batches = await open();
  const former = Array.from({ length: 50 }, (_, place) => `lock:former:${place}`);
  const next = Array.from({ length: 150 }, (_, place) => `lock:next:${place}`);
  await batches.send(...former.map((key) => acquire(key, 'me/1')));
  const batchesBefore = await server.witness.calls('evalsha');
  const answers = await batches.send(
    ...next.map((key) => acquire(key, 'me/2')),
    ...former.map((key) => batches.release(key, 'me/1')),
  );
  assert.equal(await server.witness.calls('evalsha'), batchesBefore + 1);
  assert.deepEqual(
    answers.slice(150),
    former.map(() => ({ kind: 'released', next: undefined, more: false })),
  );
  const told = answers
    .slice(0, 150)
    .map((answer) => 'fencingToken' in answer && answer.fencingToken);
  assert.equal(new Set(told).size, 150);
  assert.deepEqual(await server.witness.command('MGET', ...former, ...next, CLOCK), [
    ...former.map(() => null),
    ...told.map((fence) => `me/2 ${fence}`),
    String(Math.max(...told.map(Number))),
  ]);
});

test('a lock that holds something else than what is given back stays as it is', async () => {
  using batches = await open();
  const keys = ['lock:a', 'lock:b', 'lock:c'] as const;
  await batches.send(...keys.map((key) => acquire(key, 'me/1')));
  const held = (await server.witness.command('MGET', ...keys)) as [string, string, string];
  const others = [
    '',
    'me/1',
    held[0].slice(0, -1),
    `${held[0]}0`,
    `${held[0]}\n`,
    `${held[0]}\n${held[1]}`,
    held[1],
  ];
  for (const other of others) {
    await server.witness.command('MSET', 'lock:a', other, 'lock:b', held[1], 'lock:c', held[2]);
    const answers = await batches.send(...keys.map((key) => batches.release(key, 'me/1')));
    assert.deepEqual(
      answers.map((answer) => 'kind' in answer && answer.kind),
      ['lost', 'released', 'released'],
      JSON.stringify(other),
    );
    assert.deepEqual(await server.witness.command('MGET', ...keys), [other, null, null]);
  }
});

test('while somebody waits, other locks are taken in one call each, and freed at once', async () => {
  using batches = await open();
  await batches.send(acquire('lock:a', 'me/1'));
  await batches.send(acquire('lock:a', 'me/2', { enqueue: true }));
  const keys = Array.from({ length: 50 }, (_, place) => `lock:${place}`);
  await server.witness.command('CONFIG', 'RESETSTAT');
  await batches.send(...keys.map((key) => acquire(key, 'me/1')));
  await batches.send(...keys.map((key) => batches.release(key, 'me/1')));
  assert.deepEqual(await callsOf('set', 'del', 'exists', 'zrange'), {
    // Each lock, and the clock.
    set: 51,
    del: 1,
    // Each line.
    exists: 50,
    zrange: 50,
  });
});

test('the clock tells until when somebody may wait, and forgets it when that is over', async () => {
  using batches = await open();
  await batches.send(acquire('lock:a', 'me/1'));
  assert.match(await clock(), /^\d{16}$/);
  await batches.send(acquire('lock:a', 'me/2', { enqueue: true }));
  const [last = '', until = 0] = (await clock()).split(' ');
  const lineEnds = Number(await server.witness.command('PEXPIRETIME', 'holdfast:queue:lock:a'));
  assert.ok(Number(until) > lineEnds, `${until} is before ${lineEnds}`);
  await server.witness.command('SET', CLOCK, `${last} ${Date.now() - 1}`);
  const [next] = await batches.send(acquire('lock:b', 'me/3'));
  assert.ok(next !== undefined && 'fencingToken' in next && next.fencingToken > Number(last));
  assert.equal(await clock(), String(next.fencingToken));
});

async function callsOf(...commands: string[]): Promise<Record<string, number>> {
  const calls = commands.map(async (command) => [command, await server.witness.calls(command)]);
  return Object.fromEntries(await Promise.all(calls)) as Record<string, number>;
}

async function clock(): Promise<string> {
  return String(await server.witness.command('GET', CLOCK));
}
