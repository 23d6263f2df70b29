/** A NAT forgets connections, and nobody is told. New ones are welcome. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { suite, test } from 'node:test';
import type { DiagnosticMessages } from '@holdfast/core';
import { startProxy } from '@holdfast/support';
import { sourceOfClient } from '../../../../packages/core/dist/redis/connections/source.js';
import { portsInTurn } from '../../faults/ports-in-turn.js';
import { oneServer } from '../one-server.js';
import { acquire, Client } from './client.js';

const server = oneServer();
/** In ms. */
const silence = 500;

suite('when a connection is given up because it is silent', () => {
  test('the next try does not go over one that was idle all the while', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await Client.open(proxy.url, { pool: { min: 4, max: 4 } });
    await client.hold('lock:any', 'me/0');
    proxy.swallow();
    const first = await client.send(acquire('lock:a', 'me/1'), { silence });
    const second = await client.send(acquire('lock:a', 'me/2'), { silence });
    assert.deepEqual([first.kind, second.kind], ['unanswered', 'granted']);
  });

  test('one that answered meanwhile stays', async () => {
    await using slow = await startProxy({ port: server.redis.port });
    await using silent = await startProxy({ port: server.redis.port });
    const ports = portsInTurn(slow.port, silent.port, server.redis.port);
    using client = await Client.open(await sourceOfClient(ports), { pool: { min: 2, max: 2 } });
    slow.delay(20);
    silent.swallow();
    let lost = 0;
    const count = (message: unknown): void => {
      if ((message as DiagnosticMessages['holdfast:connection']).state === 'lost') lost += 1;
    };
    subscribe('holdfast:connection', count);
    try {
      // One after the other, so that each takes a connection of its own.
      const one = client.send(acquire('lock:a', 'me/1'), { silence });
      await new Promise((resolve) => setImmediate(resolve));
      const other = client.send(acquire('lock:b', 'me/2'), { silence });
      const kinds = [(await one).kind, (await other).kind];
      assert.deepEqual(kinds.toSorted(), ['granted', 'unanswered']);
      assert.equal(lost, 1);
    } finally {
      unsubscribe('holdfast:connection', count);
    }
  });
});
