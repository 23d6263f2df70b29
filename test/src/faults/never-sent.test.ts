import assert from 'node:assert/strict';
import { until } from './observer.js';
import { scenario } from './scene.js';

scenario('calls that failed in an outage, never sent, leave no work behind', async (scene) => {
  const proxy = await scene.proxy();
  const service = await scene.strained({ url: proxy.url, ttl: '1h', commandTimeout: 1_000 });
  const before = await service.request('heap');
  proxy.refuse();
  proxy.cut();
  await until(() => proxy.connections === 0);
  // The locker knows now that it has no connection.
  assert.deepEqual(await service.request('tryMany', 1), { REDIS_UNREACHABLE: 1 });
  const count = 30_000;
  assert.deepEqual(await service.request('tryMany', count), { REDIS_UNREACHABLE: count });
  const load = await service.request('load', 2_000);
  const growth = (await service.request('heap')) - before;
  assert.ok(growth < 10 && load < 0.1, `${growth} MB more, and ${load * 100} % of a CPU.`);
  await proxy.heal();
  assert.deepEqual(await service.request('tryMany', 1), { granted: 1 });
  // Nothing but this was sent.
  await service.request('close');
});
