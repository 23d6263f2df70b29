import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import { startWorker, type WorkerProcess } from '@holdfast/support';
import type { CountingCommands } from './counting-service.js';
import { type Scene, scenario } from './scene.js';

type Counting = WorkerProcess<CountingCommands>;

/** Runs the body with processes that count, and says what the counter and the successes came to. */
async function counted(
  { redis, observer }: Scene,
  body: (processes: readonly Counting[]) => Promise<void>,
): Promise<{ counter: number; successes: number }> {
  const module = new URL('./counting-service.js', import.meta.url);
  const start = (): Promise<Counting> => startWorker<CountingCommands>(module, [redis.url]);
  const processes = await Promise.all([start(), start(), start(), start()]);
  try {
    await body(processes);
  } finally {
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  }
  const result = {
    counter: Number(await observer.send('GET', 'counter')),
    successes: Number(await observer.send('GET', 'counter:successes')),
  };
  await observer.send('DEL', 'counter', 'counter:fence', 'counter:successes');
  return result;
}

scenario(
  'no update is lost under a lock while processes and connections are killed',
  async (scene) => {
    const { observer } = scene;
    const { counter, successes } = await counted(scene, async (processes) => {
      const [victim, ...others] = processes;
      const counts = others.map((process) => process.request('countUnderLock'));
      const killed = assert.rejects(
        victim?.request('countUnderLock') ?? Promise.resolve(),
        /SIGKILL/,
      );
      for (let round = 0; round < 8; round += 1) {
        await elapse(250);
        if (round === 3) victim?.kill('SIGKILL');
        await observer.killClients();
      }
      await killed;
      const before = Number(await observer.send('GET', 'counter'));
      while (Number(await observer.send('GET', 'counter')) < before + 20) await elapse(10);
      for (const process of others) await process.request('stop');
      for (const count of counts) assert.deepEqual((await count).failed, []);
      for (const process of others) assert.deepEqual(await process.request('faults'), []);
    });
    assert.ok(successes > 100, `There were only ${successes} increments.`);
    assert.equal(counter, successes);
  },
);

scenario('the same loop without a lock loses updates', async (scene) => {
  const { counter, successes } = await counted(scene, async (processes) => {
    await Promise.all(processes.map((process) => process.request('countWithout', 50)));
  });
  assert.equal(successes, 200);
  assert.ok(counter < successes, `${counter} of ${successes} were kept.`);
});
