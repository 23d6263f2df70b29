import assert from 'node:assert/strict';
import { startWorker, type WorkerProcess } from '@holdfast/support';
import type { CountingCommands } from './counting-service.js';
import { type Observer, until } from './observer.js';
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

/** Resolves when the counter has gone on. */
async function progress(observer: Observer): Promise<void> {
  const look = async (): Promise<number> => Number(await observer.send('GET', 'counter'));
  const before = await look();
  await until(async () => (await look()) >= before + 20);
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
        await progress(observer);
        if (round === 3) victim?.kill('SIGKILL');
        await observer.killClients();
      }
      await killed;
      await progress(observer);
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
