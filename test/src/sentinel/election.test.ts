import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elect, type Vote } from '../../../packages/core/dist/redis/sentinel/election.js';

const ONE = { host: '10.0.0.1', port: 6379 };
const OTHER = { host: '10.0.0.2', port: 6379 };
const NEVER = new Promise<never>(() => {});

function vote(voter: string, named?: Vote['named']): Promise<Vote> {
  return Promise.resolve({ voter, named });
}

const silent = (): Promise<undefined> => Promise.resolve(undefined);

test('whom more than half of them name is the master', async () => {
  assert.deepEqual(await elect([vote('a', OTHER), vote('b', ONE), vote('c', ONE)]), ONE);
});

test('it is known as soon as the others cannot change it', async () => {
  assert.deepEqual(await elect([NEVER, vote('b', ONE), vote('c', ONE)]), ONE);
});

test('who gives no answer, or knows no such master, has no say', async () => {
  assert.deepEqual(await elect([silent(), vote('b'), vote('c', ONE)]), ONE);
});

test('with as many for one as for another there is none', async () => {
  assert.equal(await elect([vote('a', OTHER), vote('b', ONE), silent()]), undefined);
});

test('who is asked twice has one vote', async () => {
  const votes = [vote('a', OTHER), vote('a', OTHER), vote('b', ONE), vote('c', ONE)];
  assert.deepEqual(await elect(votes), ONE);
});

test('of nobody there is none', async () => {
  assert.equal(await elect([]), undefined);
  assert.equal(await elect([silent(), vote('b')]), undefined);
});

test('an address of IP 6 stays one', async () => {
  const named = { host: 'fd00::1', port: 6379 };
  assert.deepEqual(await elect([vote('a', named)]), named);
});
