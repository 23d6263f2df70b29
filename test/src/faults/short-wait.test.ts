import { portsInTurn } from './ports-in-turn.js';
import { scenario } from './scene.js';

scenario('a wait shorter than the commandTimeout tries a second connection', async (scene) => {
  const proxy = await scene.proxy();
  const client = portsInTurn(proxy.port, scene.redis.port);
  const locker = await scene.locker({ client });
  // It is warm: there is no reason to doubt it.
  await (await locker.acquire('job')).release();
  proxy.swallow();
  const lock = await locker.acquire('job', { waitTimeout: '4s' });
  await lock.release();
});
