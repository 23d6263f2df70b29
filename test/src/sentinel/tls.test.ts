import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { startSentinels } from '@holdfast/support';
import { type Entrance, hasOpenssl, openEntrance } from '../redis/tls-entrance.js';

const options = hasOpenssl()
  ? { timeout: 120_000 }
  : { skip: 'needs openssl, to make a certificate' };

/** Behind a way in that speaks TLS, under another address. */
test('sentinels and servers are reached over TLS, and so is the new master', options, async () => {
  await using group = await startSentinels({ sentinels: 3, replicas: 1 });
  const all = [...group.sentinels, ...group.servers];
  const entrances = await Promise.all(all.map(({ port }) => openEntrance(port)));
  try {
    const reached = all.map(({ port }, place) => {
      const { port: at } = entrances[place] as Entrance;
      return [`127.0.0.1:${port}`, { host: '127.0.0.1', port: at }] as const;
    });
    const secure = { socket: { tls: true, ca: entrances.map(({ ca }) => ca) } as const };
    const where = {
      name: group.name,
      sentinelRootNodes: group.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
      nodeAddressMap: Object.fromEntries(reached),
    };
    const sentinel = { ...where, nodeClientOptions: secure, sentinelClientOptions: secure };
    await using locker = await createLocker({ sentinel });
    await using first = await locker.acquire('order:42');
    await first.release();
    await group.servers[0]?.kill();
    await using next = await locker.acquire('order:42', { onOutage: 'wait' });
    assert.ok(next.fencingToken > first.fencingToken);
    // Neither of them is one that is given up because it does not speak TLS.
    await assert.rejects(createLocker({ sentinel: { ...where, nodeClientOptions: secure } }));
  } finally {
    for (const entrance of entrances) await entrance[Symbol.asyncDispose]();
  }
});
