/** The network loses a connection while it opens, and nobody is told. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startProxy } from '@holdfast/support';
import { Agenda } from '../../../../packages/core/dist/runtime/agenda.js';
import { systemClock } from '../../../../packages/core/dist/runtime/clock.js';
import type {
  ConnectionSource,
  Endable,
} from '../../../../packages/core/dist/redis/connections/client.js';
import { Pool } from '../../../../packages/core/dist/redis/connections/pool.js';
import {
  sourceOfClient,
  sourceOfOptions,
} from '../../../../packages/core/dist/redis/connections/source.js';
import { eventually, until } from '../../contract/patience.js';
import { portsInTurn } from '../../faults/ports-in-turn.js';
import { oneServer } from '../one-server.js';
import { acquire, Client } from './client.js';

const server = oneServer();
/** Longer than any test waits, in ms. */
const NEVER = 60_000;

suite('a connection that hangs while it opens', () => {
  test('does not keep an operation from going over another one', async () => {
    await using first = await startProxy({ port: server.redis.port });
    await using silent = await startProxy({ port: server.redis.port });
    silent.hang();
    const ports = portsInTurn(first.port, silent.port, server.redis.port);
    using client = await Client.open(await sourceOfClient(ports, NEVER));
    await client.hold('lock:any', 'me/0');
    first.cut();
    // What becomes of what is sent on the connection that is cut does not matter here.
    await client.send(acquire('lock:a', 'me/1'));
    const next = await eventually(client.send(acquire('lock:b', 'me/2')), 'it is answered');
    assert.equal(next.kind, 'granted');
    await silent.heal();
    await until(() => silent.connections === 0, 'the one that hung is closed');
  });

  test('does not keep a wake channel from standing', async () => {
    await using silent = await startProxy({ port: server.redis.port });
    silent.hang();
    const ports = portsInTurn(server.redis.port, silent.port, server.redis.port);
    using client = await Client.open(await sourceOfClient(ports, NEVER));
    assert.equal(await eventually(client.channel.listen(), 'the channel stands'), undefined);
    assert.equal(client.channel.number, 1);
    await silent.heal();
    await until(() => silent.connections === 0, 'the one that hung is closed');
  });

  test('does not keep a store from being opened', async () => {
    await using silent = await startProxy({ port: server.redis.port });
    silent.hang();
    const ports = portsInTurn(silent.port, server.redis.port);
    using client = await eventually(
      Client.open(await sourceOfClient(ports, NEVER)),
      'the store is open',
    );
    assert.equal(client.session.outageOf(''), undefined);
  });
});

test('a server that accepts and never answers has few connections opened to it', async () => {
  const connectTimeout = 400;
  await using proxy = await startProxy({ port: server.redis.port });
  const ports = portsInTurn(proxy.port);
  using client = await Client.open(await sourceOfClient(ports, connectTimeout));
  proxy.hang();
  const answer = client.send(acquire('lock:a', 'me/1'), { silence: 250 });
  const started = performance.now();
  // The end of a connection does not pass the proxy either: it counts all that were ever opened.
  await until(() => proxy.connections > 1 + 3 + 3, 'a third round of tries begins');
  assert.ok(performance.now() - started >= 2 * connectTimeout);
  assert.equal((await answer).kind, 'unanswered');
});

/** The first connection is lost so many steps of its opening after the server has greeted it. */
function lostAfter(steps: number): ConnectionSource {
  const source = sourceOfOptions({ url: server.redis.url });
  const guests = new Set<Endable>();
  let isFirst = true;
  const lose = async (): Promise<void> => {
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    for (const guest of guests) guest.lose(new Error('lost'));
  };
  return {
    ...source,
    guests,
    async check(connection) {
      const facts = await source.check(connection);
      if (isFirst) void lose();
      isFirst = false;
      return facts;
    },
  };
}

test('a connection that is lost as soon as it stands is not kept', async () => {
  const agenda = new Agenda(systemClock);
  for (let steps = 0; steps < 24; steps += 1) {
    const pool = new Pool(lostAfter(steps), { min: 1, max: 1, clock: systemClock, agenda });
    const opened = await eventually(
      pool
        .open(async () => {})
        .then(
          () => true,
          () => false,
        ),
      'it has an end',
    );
    const kept = pool.take();
    assert.ok(kept === undefined || (opened && kept.open), `lost after ${steps} steps`);
    pool.close();
  }
  agenda.close();
});
