import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { callApi } from '../../../examples/dist/recipes/foreign-api.js';
import { oneServer } from '../redis/one-server.js';
import { meeting } from './meeting.js';

const server = oneServer();

const CALLS = 20;
const LIMIT = 5;

/** Knows how much was under way at the same time. Its calls end in groups of the size. */
class Api {
  readonly #groups: (() => Promise<void>)[] = [];
  readonly #size: number;
  #calls = 0;
  #underWay = 0;
  most = 0;

  constructor(size: number) {
    this.#size = size;
  }

  async call(weight = 1): Promise<void> {
    const group = Math.floor(this.#calls / this.#size);
    this.#calls += 1;
    this.#underWay += weight;
    this.most = Math.max(this.most, this.#underWay);
    this.#groups[group] ??= meeting(this.#size);
    await this.#groups[group]();
    this.#underWay -= weight;
  }
}

test('without a limit the API sees all calls of all processes at the same time', async () => {
  const api = new Api(CALLS);
  await Promise.all(Array.from({ length: CALLS }, () => api.call()));
  assert.equal(api.most, CALLS);
});

test('with it as many calls are under way as it allows, of all processes, and never more', async () => {
  await using one = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  // Each group ends when five have met: fewer at a time would never end.
  const api = new Api(LIMIT);
  const send = (): Promise<void> => api.call();
  const calls = Array.from({ length: CALLS }, (_, index) =>
    callApi(index % 2 === 0 ? one : other, { send }),
  );
  await Promise.all(calls);
  assert.equal(api.most, LIMIT);
});

test('a call that weighs more leaves less room for others', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  const api = new Api(2);
  const heavy = { weight: 3, send: () => api.call(3) };
  const light = { weight: 2, send: () => api.call(2) };
  await Promise.all([heavy, light, heavy, light].map((request) => callApi(locker, request)));
  assert.equal(api.most, LIMIT);
});
