import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../contract/patience.js';
import { ControlledClock } from '../../engine/controlled-clock.js';
import { oneServer } from '../one-server.js';
import { Client } from './client.js';

const server = oneServer();

test('a channel that delivers is probed every 5 s at most, and left alone', async () => {
  const clock = new ControlledClock();
  using client = await Client.open(server.redis.url, { clock });
  await client.channel.listen();
  const probes = async (): Promise<number> => {
    for (let poll = 0; poll < 10; poll += 1) client.channel.probe();
    // What the server said on the channel until now has been heard when this is.
    const heard = client.grants.length;
    await client.hold(`lock:${heard}`, 'me/1');
    await server.witness.command('SPUBLISH', 'holdfast:wake:me', '7 me/1 lock:any');
    await until(() => client.grants.length > heard, 'the grant comes');
    return (await server.witness.calls('spublish')) - client.grants.length;
  };
  const before = (await server.witness.calls('spublish')) - client.grants.length;
  assert.equal(await probes(), before + 1);
  await clock.advance(4_999);
  assert.equal(await probes(), before + 1);
  await clock.advance(1);
  assert.equal(await probes(), before + 2);
  await clock.advance(4_000);
  assert.equal(client.channel.number, 1);
  assert.equal(client.reconnections, 0);
});
