import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startRedis } from '@holdfast/support';
import { sourceOfClient } from '../../../../packages/core/dist/redis/connections/source.js';
import { LEAST_PRIVILEGE } from '../../contract/acl.js';
import { eventually, until } from '../../contract/patience.js';
import { portsInTurn } from '../../faults/ports-in-turn.js';
import { oneServer } from '../one-server.js';
import { RawClient } from '../raw-client.js';
import { acquire, type Answer, Client, renew } from './client.js';

const server = oneServer();

async function restricted(): Promise<Client> {
  const { witness, redis } = server;
  const rights = LEAST_PRIVILEGE.split(' ');
  await witness.command('ACL', 'SETUSER', 'worker', 'reset', 'on', '>secret', ...rights);
  return Client.open(`redis://worker:secret@127.0.0.1:${redis.port}`);
}

suite('keys that the server forbids', () => {
  test('fail by themselves: all that travelled with them is done in the same turn', async () => {
    using client = await restricted();
    const fence = await client.hold('lock:held', 'me/1');
    await client.hold('lock:forced', 'me/2');
    const forbidden = new Set([3, 4, 77]);
    const keys = Array.from({ length: 100 }, (_, place) =>
      forbidden.has(place) ? `secret:${place}` : `lock:${place}`,
    );
    const [renewed, forced, ...acquired] = await Promise.all([
      client.send(renew('lock:held', 'me/1', fence)),
      client.send({ kind: 'forceRelease', key: 'lock:forced' }),
      ...keys.map((key) => client.send(acquire(key, 'me/3'))),
    ]);
    assert.equal(renewed.kind, 'renewed');
    assert.equal(forced.kind, 'released');
    for (const [place, answer] of acquired.entries()) {
      if (!forbidden.has(place)) assert.equal(answer.kind, 'granted', keys[place]);
      else assertRefused(answer, false, /NOPERM/);
    }
  });

  test('do not change the order of those who ask for the same lock', async () => {
    using client = await restricted();
    await client.hold('lock:any', 'me/0');
    const tokens = ['me/1', 'me/2', 'me/3', 'me/4'];
    const answers = await Promise.all([
      client.send(acquire('secret:a', 'me/9')),
      ...tokens.map((token) => client.send(acquire('lock:a', token))),
      client.send(acquire('secret:b', 'me/9')),
    ]);
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['refused', 'granted', 'busy', 'busy', 'busy', 'refused'],
    );
  });

  test('are not looked for when the command itself is forbidden', async () => {
    using client = await restricted();
    await client.hold('lock:any', 'me/0');
    await server.witness.command('ACL', 'SETUSER', 'worker', '-evalsha');
    const before = await rejections();
    const answers = await Promise.all(
      ['lock:a', 'lock:b', 'lock:c'].map((key) => client.send(acquire(key, 'me/1'))),
    );
    for (const answer of answers) assertRefused(answer, false, /NOPERM/);
    assert.equal(await rejections(), before + 1);
  });
});

suite('a state of the server', () => {
  test('refuses for a while: a script of somebody else that takes long', async () => {
    using client = await Client.open(server.redis.url);
    await client.hold('lock:any', 'me/0');
    await server.witness.command('CONFIG', 'SET', 'busy-reply-threshold', '1');
    await using other = await RawClient.open(server.redis.url);
    const ended = assert.rejects(other.command('EVAL', 'while true do end', '0'));
    // Until the script has run for long enough, nothing is answered.
    assertRefused(await client.send(acquire('lock:a', 'me/1')), true, /BUSY/);
    await server.witness.command('SCRIPT', 'KILL');
    await ended;
    assert.equal((await client.send(acquire('lock:a', 'me/1'))).kind, 'granted');
  });

  test('refuses for a while: a master that became a replica is left for its successor', async () => {
    await using former = await startRedis();
    await using admin = await RawClient.open(former.url);
    const successor = server.redis.port;
    using client = await Client.open(await sourceOfClient(portsInTurn(former.port, successor)));
    await client.hold('lock:any', 'me/0');
    await admin.command('REPLICAOF', '127.0.0.1', String(successor));
    const asked = [acquire('lock:a', 'me/1'), acquire('lock:b', 'me/1')];
    for (const answer of await Promise.all(asked.map((operation) => client.send(operation)))) {
      assertRefused(answer, true, /READONLY/);
    }
    assert.equal((await client.send(acquire('lock:a', 'me/1'))).kind, 'granted');
  });

  test('refuses for a while: no room for another connection', async () => {
    using client = await Client.open(server.redis.url);
    await client.hold('lock:any', 'me/0');
    await server.witness.command('CONFIG', 'SET', 'maxclients', '1');
    try {
      await server.witness.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      // The server hangs up when it has said so: whether that can be read is a race.
      await until(async () => {
        const failure = await client.send(acquire('lock:a', 'me/1'), { within: 50 });
        // Sent on the connection of which we did not know yet that it was lost.
        if (failure.kind === 'unanswered') return false;
        assert.ok(failure.kind === 'not sent', failure.kind);
        return /max number of clients/.test(failure.error.message);
      }, 'the failure says why');
      const waiting = client.send(acquire('lock:b', 'me/1'));
      await server.witness.command('CONFIG', 'SET', 'maxclients', '10000');
      assert.equal((await eventually(waiting, 'there is room again')).kind, 'granted');
    } finally {
      await server.witness.command('CONFIG', 'SET', 'maxclients', '10000');
    }
  });
});

function assertRefused(answer: Answer, passing: boolean, reply: RegExp): void {
  assert.ok(answer.kind === 'refused', `${answer.kind}, not refused`);
  assert.equal(answer.passing, passing);
  assert.match(answer.error.message, reply);
}

async function rejections(): Promise<number> {
  const stats = String(await server.witness.command('INFO', 'commandstats'));
  return Number(/cmdstat_evalsha:.*rejected_calls=(\d+)/.exec(stats)?.[1]);
}
