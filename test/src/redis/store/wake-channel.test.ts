import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startProxy, startRedis } from '@holdfast/support';
import { sourceOfClient } from '../../../../packages/core/dist/redis/connections/source.js';
import { eventually, until } from '../../contract/patience.js';
import { portsInTurn } from '../../faults/ports-in-turn.js';
import { oneServer } from '../one-server.js';
import { RawClient } from '../raw-client.js';
import { acquire, Client } from './client.js';

const server = oneServer();
const CHANNEL = 'holdfast:wake:me';

async function listening(...ports: readonly number[]): Promise<Client> {
  const client = await Client.open(await sourceOfClient(portsInTurn(...ports)));
  await client.hold('lock:held', 'me/1');
  assert.equal(client.channel.number, 0);
  assert.equal(await client.channel.listen(), undefined);
  assert.equal(client.channel.number, 1);
  return client;
}

suite('a wake channel', () => {
  test('that was lost is opened anew under another number, and waiters are told', async () => {
    using client = await listening(server.redis.port);
    const reconnection = client.nextReconnection();
    await server.witness.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until(() => client.channel.number !== 1, 'the loss is noticed');
    await reconnection;
    assert.equal(client.channel.number, 2);
    assert.equal(await subscribers(), 1);
  });

  test('that is certainly deaf counts for nothing at once', async () => {
    using client = await listening(server.redis.port);
    const reconnection = client.nextReconnection();
    client.channel.doubt(1, true);
    assert.equal(client.channel.number, 0);
    await reconnection;
    assert.equal(client.channel.number, 2);
    client.channel.doubt(1, true);
    assert.equal(client.channel.number, 2, 'what was said of the former one counts for nothing');
    await until(async () => (await subscribers()) === 1, 'the former one is closed');
  });

  test('that may be deaf is kept until another one stands', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await listening(server.redis.port, server.redis.port, proxy.port);
    proxy.hang();
    const reconnection = client.nextReconnection();
    client.channel.doubt(1, false);
    await until(() => proxy.connections === 1, 'another one is coming');
    assert.equal(client.channel.number, 1);
    await client.send(acquire('lock:held', 'me/2', true));
    await client.send({ kind: 'forceRelease', key: 'lock:held' });
    await until(() => client.grants.length === 1, 'the grant comes on the former one');
    await proxy.heal();
    await reconnection;
    assert.equal(client.channel.number, 2);
    await until(async () => (await subscribers()) === 1, 'the former one is closed');
  });

  test('is tried for until the server takes it', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await listening(server.redis.port, proxy.port);
    const reconnection = client.nextReconnection();
    proxy.refuse();
    client.channel.doubt(1, true);
    assert.equal((await client.channel.listen())?.kind, 'not sent');
    assert.equal((await client.channel.listen())?.kind, 'not sent');
    assert.equal(client.channel.number, 0);
    await proxy.heal();
    await reconnection;
    assert.equal(client.channel.number, 2);
  });

  test('is not opened without a pause again and again, whoever asks for it', async () => {
    using client = await listening(server.redis.port);
    const started = performance.now();
    for (let channel = 1; channel <= 5; channel += 1) {
      client.channel.doubt(channel, true);
      assert.equal(await client.channel.listen(), undefined);
      assert.equal(client.channel.number, channel + 1);
    }
    // Timers may be early by part of a millisecond.
    assert.ok(performance.now() - started > 50 + 100 + 200 + 400 + 800 - 5);
  });

  test('for which the server has no room is refused for a while', async () => {
    using client = await Client.open(server.redis.url);
    const clients = String(await server.witness.command('CLIENT', 'LIST'))
      .trim()
      .split('\n');
    await server.witness.command('CONFIG', 'SET', 'maxclients', String(clients.length));
    try {
      // The server hangs up when it has said so: whether that can be read is a race.
      await until(async () => {
        const failure = await client.channel.listen();
        if (failure?.kind === 'not sent') return false;
        assert.ok(failure?.kind === 'refused' && failure.passing, `${failure?.kind}, not passing`);
        assert.match(failure.error.message, /max number of clients/);
        return true;
      }, 'the failure says why');
    } finally {
      await server.witness.command('CONFIG', 'SET', 'maxclients', '10000');
    }
    assert.equal(await client.channel.listen(), undefined);
  });

  test('that the server does not allow is refused for good', async () => {
    const rights = ['reset', 'on', '>secret', '+@all', '~*', '&*'];
    await server.witness.command('ACL', 'SETUSER', 'mute', ...rights);
    using client = await Client.open(`redis://mute:secret@127.0.0.1:${server.redis.port}`);
    await server.witness.command('ACL', 'SETUSER', 'mute', 'resetchannels');
    const failure = await client.channel.listen();
    assert.ok(failure?.kind === 'refused' && !failure.passing, `${failure?.kind}`);
  });

  test('is not opened by a session that is closed in a pause before it', async () => {
    using client = await listening(server.redis.port);
    client.channel.doubt(1, true);
    const failure = client.channel.listen();
    client.session.close();
    assert.equal((await failure)?.kind, 'closed');
    await until(async () => (await subscribers()) === 0, 'nobody is subscribed');
  });

  test('is not opened by a session that is closed', async () => {
    using client = await listening(server.redis.port);
    client.channel.doubt(1, true);
    client.session.close();
    assert.equal((await client.channel.listen())?.kind, 'closed');
    assert.equal(client.channel.number, 0);
    await until(async () => (await subscribers()) === 0, 'nobody is subscribed');
  });

  test('passes on grants to its locker, and nothing else that is said on it', async () => {
    using client = await listening(server.redis.port);
    const forged = [
      '1 you/1 lock:a',
      '0 me/1 lock:a',
      '-1 me/1 lock:a',
      '1.5 me/1 lock:a',
      '9007199254740992 me/1 lock:a',
      '1 me/1',
      '1 me/1 ',
      'echo 1',
      'echo',
      '',
    ];
    for (const message of forged) await server.witness.command('SPUBLISH', CHANNEL, message);
    await server.witness.command('SPUBLISH', CHANNEL, '7 me/1 lock:a b\nc');
    await until(() => client.grants.length > 0, 'the grant comes');
    assert.deepEqual(client.grants, [{ fencingToken: 7, token: 'me/1', key: 'lock:a b\nc' }]);
  });
});

suite('a probe', () => {
  test('finds a channel of which the server knows nothing', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await listening(server.redis.port, proxy.port, server.redis.port);
    // The end of the connection does not reach us.
    proxy.hang();
    await server.witness.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    assert.equal(client.channel.number, 1);
    const reconnection = client.nextReconnection();
    client.channel.probe();
    await until(() => client.channel.number === 0, 'it counts for nothing');
    await reconnection;
    assert.equal(client.channel.number, 2);
  });

  test('finds a channel on which nothing arrives', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await listening(server.redis.port, proxy.port, server.redis.port);
    proxy.hang('down');
    const reconnection = client.nextReconnection();
    client.channel.probe();
    await reconnection;
    assert.equal(client.channel.number, 2);
    await proxy.heal();
    await until(async () => (await subscribers()) === 1, 'the former one is closed');
  });

  test('says nothing when it cannot be made', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    using client = await listening(proxy.port, server.redis.port);
    proxy.hang();
    client.channel.probe();
    await eventually(
      client.send(acquire('lock:a', 'me/1'), { silence: 2_000 }),
      'the connection for commands is given up',
    );
    assert.equal(client.channel.number, 1);
  });
});

test('a channel at a server that does not serve the commands any more is left', async () => {
  await using former = await startRedis();
  await using admin = await RawClient.open(former.url);
  const successor = server.redis.port;
  // One address: first it leads to the former master, then to its successor.
  using client = await listening(former.port, former.port, successor);
  await admin.command('REPLICAOF', '127.0.0.1', String(successor));
  const channels: number[] = [];
  const onward = client.nextReconnection().then(() => client.nextReconnection());
  assert.equal((await client.send(acquire('lock:a', 'me/1'))).kind, 'refused');
  channels.push(client.channel.number);
  await onward;
  assert.deepEqual([...channels, client.channel.number], [1, 2]);
  assert.equal(await subscribers(), 1);
});

async function subscribers(): Promise<number> {
  const [, count] = (await server.witness.command('PUBSUB', 'SHARDNUMSUB', CHANNEL)) as [
    string,
    number,
  ];
  return count;
}
