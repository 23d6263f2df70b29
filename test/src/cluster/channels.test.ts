import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../contract/patience.js';
import { ControlledClock } from '../engine/controlled-clock.js';
import { acquire, Client } from '../redis/store/client.js';
import { type Shard, Shards } from './shards.js';

/** After so long without a look at it nobody waits on a channel any more, in ms. */
const IN_USE = 10_000;

function allow({ client }: Shard, ...rules: readonly string[]): Promise<unknown> {
  return client.command('ACL', 'SETUSER', 'guest', ...rules);
}

async function hasRefused({ client }: Shard, command: string): Promise<boolean> {
  return JSON.stringify(await client.command('ACL', 'LOG')).includes(command);
}

describe('the channels of the slots of one master', { timeout: 300_000 }, () => {
  let shards: Shards;
  let master: Shard;
  before(async () => {
    shards = await Shards.start({ masters: 1, replicas: 0 });
    [master] = shards.all as [Shard];
  });
  after(() => shards[Symbol.asyncDispose]());

  async function channels(): Promise<number> {
    return ((await master.client.command('PUBSUB', 'SHARDCHANNELS')) as string[]).length;
  }

  async function subscribers(): Promise<number> {
    const list = String(await master.client.command('CLIENT', 'LIST', 'TYPE', 'pubsub'));
    return list.split('\n').filter((line) => line !== '').length;
  }

  test('are on one connection, and end when nobody waits on them', async () => {
    const clock = new ControlledClock();
    using client = await Client.open(shards.url, { clock });
    const [one, other] = ['lock:one', 'lock:other'].map((key) => client.session.channelOf(key));
    assert.ok(one !== undefined && other !== undefined && one !== other);
    const both = [one.listen(), other.listen()];
    assert.deepEqual(await Promise.all(both), [undefined, undefined]);
    assert.deepEqual([await channels(), await subscribers()], [2, 1]);

    await clock.advance(IN_USE / 2);
    one.probe();
    await clock.advance(IN_USE / 2);
    await until(async () => (await channels()) === 1, 'one of them is given up');
    assert.deepEqual([one.number, other.number], [1, 0]);
    await clock.advance(IN_USE);
    await until(async () => (await subscribers()) === 0, 'so is the connection');

    // As for the first time.
    const listening = other.listen();
    await clock.advance(0);
    assert.equal(await listening, undefined);
    assert.equal(other.number, 2);
    assert.equal((await client.send(acquire('lock:other', 'me/1', true))).kind, 'granted');
  });

  test('that are refused at first stand as soon as they may, where nobody waits yet', async () => {
    await allow(master, 'reset', 'on', '>secret', '~*', '&*', '+@all');
    using client = await Client.open(shards.url.replace('//', '//guest:secret@'));
    await allow(master, '-ssubscribe');
    await client.session.listen();
    const channel = client.session.channelOf('lock:one');
    await until(() => hasRefused(master, 'ssubscribe'), 'it is refused');
    assert.equal(channel.number, 0);
    await allow(master, '+ssubscribe');
    await until(() => channel.number === 1, 'it stands');
  });

  test('that the server does not know are found out, and made anew', async () => {
    using client = await Client.open(shards.url);
    const [one, other] = ['lock:one', 'lock:other'].map((key) => client.session.channelOf(key));
    assert.ok(one !== undefined && other !== undefined);
    await Promise.all([one.listen(), other.listen()]);
    const told = client.nextReconnection();
    await master.client.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await told;
    await until(() => one.number === 2 && other.number === 2, 'both stand again');
    one.doubt(1, true);
    assert.equal(one.number, 2, 'what was said of the former one counts for nothing');
    one.doubt(2, true);
    assert.deepEqual(
      [one.number, other.number],
      [0, 0],
      'what is in doubt is all on one connection',
    );
    await until(() => one.number === 3 && other.number === 3, 'both stand again');
  });

  test('that may deliver yet are kept until their successors stand', async () => {
    using client = await Client.open(shards.url);
    const [one, other] = ['lock:one', 'lock:other'].map((key) => client.session.channelOf(key));
    assert.ok(one !== undefined && other !== undefined);
    await Promise.all([one.listen(), other.listen()]);
    const told = client.nextReconnection();
    one.doubt(1, false);
    // Who waits in either slot is not passed over meanwhile.
    assert.deepEqual([one.number, other.number], [1, 1]);
    await until(async () => {
      assert.equal(await channels(), 2);
      return one.number === 2;
    }, 'the successor stands');
    assert.equal(other.number, 2);
    await told;
    await until(async () => (await subscribers()) === 1, 'the former one is closed');
  });
});
