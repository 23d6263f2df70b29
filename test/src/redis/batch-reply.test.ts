import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../../packages/core/dist/redis/commit/batch-reply.js';
import type { Operation } from '../../../packages/core/dist/store/port.js';

const acquire = {
  kind: 'acquire',
  key: 'lock:a',
  token: 'me/1',
  ttl: 1_000,
  enqueue: false,
  ticket: undefined,
} satisfies Operation;
const renew = {
  kind: 'renew',
  key: 'lock:a',
  token: 'me/1',
  fencingToken: 17,
  ttl: 1_000,
} satisfies Operation;
const forceRelease = { kind: 'forceRelease', key: 'lock:a' } satisfies Operation;
const advance = { kind: 'advance', key: 'lock:a' } satisfies Operation;

test('a reply that the script cannot have given is an error, never an outcome', () => {
  const cases: [reply: unknown, operations: Operation[]][] = [
    ['OK', [acquire]],
    [null, [acquire]],
    [[], [acquire]],
    [[17, 18], [acquire]],
    [[{}], [acquire]],
    [[[99]], [acquire]],
    [[[2, 'soon']], [acquire]],
    [[[3, 17, 400]], [acquire]],
    [[[15, 'me/1 17', 4]], [forceRelease]],
    [[[15, 'me/1 17', 6, 17]], [forceRelease]],
    // No fencing token is so low, and nothing but an acquire is answered with one.
    [3, [acquire]],
    [[16], [acquire]],
    [[1_700_000_000_000_000], [renew]],
    // One number for all tells nothing about a line.
    [16, [advance]],
    [1_700_000_000_000_000, [acquire, advance]],
  ];
  for (const [reply, operations] of cases) {
    assert.throws(() => decode(reply, operations), TypeError, JSON.stringify(reply));
  }
});
