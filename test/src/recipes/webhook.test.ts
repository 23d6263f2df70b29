import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { type Answers, answerOnce } from '../../../examples/dist/recipes/webhook.js';
import { oneServer } from '../redis/one-server.js';

const server = oneServer();

/** In Redis, for a day. */
const answers: Answers = {
  find: async (delivery) =>
    (await server.witness.command('GET', `answer:${delivery}`)) as string | null,
  keep: (delivery, answer) =>
    server.witness.command('SET', `answer:${delivery}`, answer, 'EX', '86400'),
};

test('a lock alone does not keep a delivery that comes again from being worked on again', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  let charges = 0;
  const charge = (): number => (charges += 1);
  await locker.using('webhook:d1', charge);
  await locker.using('webhook:d1', charge);
  assert.equal(charges, 2);
});

test('with an answer that is kept, all deliveries of one event get that of the first', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  let charges = 0;
  const charge = async (): Promise<string> => {
    charges += 1;
    return `receipt ${charges}`;
  };
  const atOnce = [one, other, one].map((locker) => answerOnce(locker, answers, 'd2', charge));
  const later = answerOnce(other, answers, 'd2', charge);
  assert.deepEqual(new Set(await Promise.all([...atOnce, later])), new Set(['receipt 1']));
  assert.equal(charges, 1);
});

test('a delivery whose work failed is worked on when it comes again', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  const refused = new Error('the card was refused');
  const fails = (): Promise<string> => Promise.reject(refused);
  await assert.rejects(answerOnce(locker, answers, 'd3', fails), refused);
  assert.equal(await answerOnce(locker, answers, 'd3', async () => 'receipt'), 'receipt');
});
