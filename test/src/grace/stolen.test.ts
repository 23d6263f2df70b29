import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graced } from '../../../packages/core/dist/redis/commit/graced.js';
import { OUTCOME } from '../../../packages/core/dist/redis/script/outcome.js';

test('a locker with a grace is told from whom a lock was stolen, and when', () => {
  const dialect = graced({ scope: 'lock:', time: 45_000, lag: 0 }, () => {});
  const steal = {
    kind: 'acquire',
    key: 'lock:a',
    token: 'me/1',
    ttl: 1_000,
    enqueue: false,
    ticket: undefined,
    steal: 100,
  } as const;
  const reply = [1_700_000_000_000, 0, [[OUTCOME.stolen, 200, 'you/1 100']]];
  assert.deepEqual(dialect.decode(reply, [steal]), [
    {
      kind: 'granted',
      fencingToken: 200,
      already: false,
      more: false,
      from: { kind: 'grant', token: 'you/1', fencingToken: 100 },
      at: 1_700_000_000_000,
    },
  ]);
});
