/** A lock that is handed to another process while the message about its grant is still on its way. */
import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import type { TcpProxy } from '@holdfast/support';
import { portsInTurn } from './ports-in-turn.js';
import { type Scene, scenario } from './scene.js';

interface Listener {
  readonly locker: Locker;
  /** Before its wake channel, which it cannot replace: other connections get no answer. */
  readonly wake: TcpProxy;
}

async function listener(scene: Scene): Promise<Listener> {
  const wake = await scene.proxy();
  const dead = await scene.proxy();
  dead.hang();
  const client = portsInTurn(scene.redis.port, wake.port, dead.port);
  return { wake, locker: await scene.locker({ client, pool: { max: 1 } }) };
}

scenario('a push that comes after the lock was handed over does it no harm', async (scene) => {
  const { observer } = scene;
  const { locker: giver, wake } = await listener(scene);
  const adopter = await scene.locker();
  const other = await scene.locker();
  // The waiter asks again when this lease would have ended: its poll finds the grant.
  const former = await other.acquire('job', { ttl: 4_000, renew: false });
  const marker = await other.acquire('marker');
  const waiting = giver.acquire('job');
  await observer.lined('job', 1);
  const marked = giver.acquire('marker');
  await observer.lined('marker', 1);
  wake.hang('down');
  await former.release();
  const given = await waiting;
  const lock = await adopter.adopt(given.handOver());
  // What comes on the channel next tells that the late push has been heard.
  await marker.release();
  await wake.heal();
  await (await marked).release();
  // What the giver may have sent because of the push went before this.
  await (await giver.acquire('another')).release();
  assert.equal(await observer.owner('job'), lock.token);
  await lock.renew();
  await lock.release();
});
