import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AcquireAllOperation, Granted } from '../../../packages/core/dist/store/port.js';
import { until } from '../contract/patience.js';
import { acquire, type Answer, Batches, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';

const server = oneServer();

const open = (): Promise<Batches> => Batches.open(server.redis.url);

function acquireAll(keys: readonly string[], token: string): AcquireAllOperation {
  const members = keys.map((key) => ({ key, token }));
  return { kind: 'acquireAll', key: keys[0] as string, members, ttl: 60_000 };
}

/** What stands in the lock keys, and what was answered, as token and fencing token. */
async function assertGranted(
  answer: Answer | undefined,
  asked: AcquireAllOperation,
): Promise<void> {
  assert(answer !== undefined && 'kind' in answer && answer.kind === 'granted all');
  assert.deepEqual(
    await Promise.all(asked.members.map(({ key }) => server.witness.command('GET', key))),
    asked.members.map(({ token }, place) => `${token} ${answer.fencingTokens[place]}`),
  );
}

test('several locks in a batch in which all is smooth each have their own number', async () => {
  using batches = await open();
  await batches.send(acquire('lock:old', 'me/1'));
  const [first, second] = [
    acquireAll(['lock:a', 'lock:b'], 'me/3'),
    acquireAll(['lock:c', 'lock:d', 'lock:e'], 'me/4'),
  ];
  const answers = await batches.send(
    first,
    acquire('lock:f', 'me/2'),
    second,
    batches.release('lock:old', 'me/1'),
  );
  await assertGranted(answers[0], first);
  await assertGranted(answers[2], second);
  const alone = (answers[1] as Granted).fencingToken;
  assert.equal(await server.witness.command('GET', 'lock:f'), `me/2 ${alone}`);
});

test('several locks in a mixed batch are answered as if they had come alone', async () => {
  using batches = await open();
  await batches.send(acquire('lock:held', 'me/1'), acquire('lock:waited', 'me/2'));
  const [free, again] = [
    acquireAll(['lock:a', 'lock:b'], 'me/3'),
    acquireAll(['lock:c', 'lock:d'], 'me/4'),
  ];
  await batches.send(again);
  await server.witness.command('RPUSH', 'lock:list', 'somebody’s');
  const answers = await batches.send(
    free,
    acquireAll(['lock:x', 'lock:held'], 'me/5'),
    again,
    acquireAll(['lock:list', 'lock:x'], 'me/6'),
    acquire('lock:held', 'me/7', { enqueue: true }),
    { kind: 'cancel', key: 'lock:waited', token: 'me/2', ttl: 60_000 },
    acquireAll(['lock:y', 'lock:z'], 'me/8'),
  );
  assert.deepEqual(
    kindsOf(answers),
    'granted all,blocked,granted all,blocked,waiting,cancelled,granted all'.split(','),
  );
  await assertGranted(answers[0], free);
  await assertGranted(answers[2], again);
  const [, held, , list] = answers;
  assert(held !== undefined && 'place' in held && list !== undefined && 'place' in list);
  assert.deepEqual([held.place, held.by.kind], [1, 'busy']);
  assert.deepEqual([list.place, list.by], [0, { kind: 'foreign', type: 'list' }]);
});

test('a line of the dead keeps nobody from several locks', async () => {
  using dead = await Batches.open(server.redis.url, { locker: 'dead' });
  using batches = await open();
  await batches.send(acquire('lock:a', 'me/1'));
  await dead.send(
    ...Array.from({ length: 3 }, (_, n) => acquire('lock:a', `dead/${n}`, { enqueue: true })),
  );
  dead.close();
  await until(async () => {
    const counts = await server.witness.command('PUBSUB', 'SHARDNUMSUB', 'holdfast:wake:dead');
    return (counts as [string, number])[1] === 0;
  }, 'the server knows that it is gone');
  await server.witness.command('DEL', 'lock:a');
  const all = acquireAll(['lock:b', 'lock:a'], 'me/2');
  const answer = await batches.ask(all);
  await assertGranted(answer, all);
  assert.equal(await server.witness.command('EXISTS', 'holdfast:queue:lock:a'), 0);
});

test('a lock without a holder goes to who waits for it before it goes with others', async () => {
  using batches = await open();
  await batches.send(acquire('lock:a', 'me/1'));
  await batches.send(acquire('lock:a', 'me/2', { enqueue: true }));
  await server.witness.command('DEL', 'lock:a');
  const answer = await batches.ask(acquireAll(['lock:b', 'lock:a'], 'me/3'));
  assert('kind' in answer && answer.kind === 'blocked');
  assert.equal(answer.place, 1);
  assert.match(String(await server.witness.command('GET', 'lock:a')), /^me\/2 /);
  assert.equal(await server.witness.command('EXISTS', 'lock:b'), 0);
});
