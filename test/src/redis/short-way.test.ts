/**
 * What most rooms are asked for goes a short way in the script: it has to lead where the rules lead,
 * from whatever state. The rules are run where something else is asked of the same lock as well.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import { assert as check, asyncProperty, constantFrom } from 'fast-check';
import { byKind, encode } from '../../../packages/core/dist/redis/commit/batch.js';
import { decode } from '../../../packages/core/dist/redis/commit/batch-reply.js';
import { SCRIPT } from '../../../packages/core/dist/redis/script/index.js';
import type { Operation } from '../../../packages/core/dist/store/port.js';
import { RawClient } from './raw-client.js';
import {
  asked,
  KEYS,
  LISTENING,
  LOCK,
  made,
  operationsOf,
  OTHER,
  type State,
  states,
  TTLS,
} from './room-states.js';
import { Subscriber } from './subscriber.js';

let server: RedisServer;
let client: RawClient;
let listeners: Subscriber[];

before(async () => {
  server = await startRedis();
  client = await RawClient.open(server.url);
  await client.command('SCRIPT', 'LOAD', SCRIPT);
  listeners = await Promise.all(
    LISTENING.map((locker) => Subscriber.open(server.url, `holdfast:wake:${locker}`)),
  );
});

after(async () => {
  for (const listener of listeners) await listener[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/**
 * Moments near to each other are the same: a lease begins when the script runs. Of numbers that are drawn,
 * the order counts: who asks exclusively may have drawn one in vain.
 */
function undated<T>(value: T, began: number): T {
  const text = JSON.stringify(value, (name, one: unknown) =>
    name === 'holderTtl' && typeof one === 'number' ? Math.round(one / 10_000) : one,
  );
  const drawn = [...new Set(text.match(/\b\d{16}\b/g))].toSorted();
  return JSON.parse(
    text
      .replaceAll(/\b\d{16}\b/g, (digits) => `${drawn.indexOf(digits)}`)
      .replaceAll(/\b\d{13}\b/g, (digits) => `${Math.round((Number(digits) - began) / 10_000)}`),
  ) as T;
}

async function found(): Promise<unknown[][]> {
  const all: unknown[][] = [];
  for (const key of Object.values(KEYS)) {
    const type = String(await client.command('TYPE', key));
    const read: Record<string, string[]> = {
      string: ['GET', key],
      hash: ['HGETALL', key],
      zset: ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    };
    const command = read[type];
    const content = command === undefined ? type : await client.command(...command);
    all.push([
      key,
      key === KEYS.line ? content : pairsOf(content),
      String(await client.command('PEXPIRETIME', key)),
    ]);
  }
  return all;
}

/** A hash has no order, and that of two leases is a matter of a millisecond. */
function pairsOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.flatMap((field, n) => (n % 2 === 0 ? [`${field} ${content[n + 1]}`] : []));
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}

function sorted([key, content, expires]: readonly unknown[]): unknown[] {
  const isList = key !== KEYS.line && Array.isArray(content);
  return [key, isList ? (content as string[]).toSorted(byText) : content, expires];
}

/** Is told that it has nothing, and changes nothing. */
function asksInAnotherWay({ torn: lost }: State): Operation {
  const room = { limit: 7, weight: 7 };
  const grant = { key: LOCK, token: 'nobody/1', fencingToken: 1, room };
  // A renewal would tell all that a room is gone, a release would look whose lease is over.
  return lost === undefined
    ? { kind: 'renew', ...grant, ttl: TTLS[0] }
    : { kind: 'release', ...grant };
}

/** What is answered, who is told, and what stands there then. */
async function outcome(
  operations: readonly Operation[],
  state: State,
  self: string | undefined,
  byRules: boolean,
): Promise<unknown> {
  const began = Date.now();
  await Promise.all([...made(state, began)].map((command) => client.command(...command)));
  for (const { messages } of listeners) messages.length = 0;
  const other = asksInAnotherWay(state);
  const batch = (byRules ? [...operations, other] : [...operations]).toSorted(byKind);
  const told: string[] = [];
  const reply = await client.command(...encode(batch, undefined, self));
  const outcomes = decode(reply, batch, told);
  const answers = batch.flatMap((operation, place): unknown[] => {
    const one = outcomes[place];
    if (operation === other) return [];
    if (one instanceof Error) return [one.message];
    // Of two locks, nothing says whose number is drawn first.
    return [operation.key === OTHER ? one?.kind : one];
  });
  for (const [n, locker] of LISTENING.entries()) {
    const end = `end ${began}`;
    await client.command('SPUBLISH', `holdfast:wake:${locker}`, end);
    await listeners[n]?.heard(end);
  }
  // By the channel, or by the reply to one that gives back.
  const heard = LISTENING.map((locker, n) => [
    ...(listeners[n]?.messages.slice(0, -1) ?? []),
    ...(locker === self ? told : []),
  ]);
  const left = await found();
  // Nor does the last number.
  if (batch.some(({ key }) => key === OTHER)) left[0]?.splice(1, 1);
  const { there, ...rest } = undated({ answers, heard, there: left }, began);
  return { ...rest, there: there.map(sorted) };
}

test('the short way of a room leads where the rules lead', async () => {
  await check(
    asyncProperty(
      states,
      asked,
      constantFrom(undefined, ...LISTENING),
      async (state, calls, self) => {
        const operations = operationsOf(calls, state);
        const short = await outcome(operations, state, self, false);
        assert.deepEqual(short, await outcome(operations, state, self, true));
      },
    ),
    { numRuns: Number(process.env['HOLDFAST_SHORT_WAYS'] ?? 400) },
  );
});
