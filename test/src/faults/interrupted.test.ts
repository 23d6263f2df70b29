import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import type { Locker } from '@holdfast/core';
import { type Scene, scenario } from './scene.js';

/** Callers that take turns on a few locks until told to stop, or until one of them meets an error. */
class Load {
  turns = 0;
  overlaps = 0;
  readonly errors: unknown[] = [];
  readonly #busy = new Set<string>();
  readonly #callers: Promise<void>[];
  #over = false;

  constructor(lockers: readonly Locker[], callers: number) {
    this.#callers = Array.from({ length: callers }, (_, index) =>
      this.#run(lockers[index % lockers.length] as Locker, `job ${index % 4}`).catch(
        (error: unknown) => {
          this.errors.push(error);
        },
      ),
    );
  }

  /** Settles when every caller has ended its last turn. */
  async end(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#callers);
  }

  async #run(locker: Locker, name: string): Promise<void> {
    while (!this.#over && this.errors.length === 0) {
      await locker.using(name, async () => {
        if (this.#busy.has(name)) this.overlaps += 1;
        this.#busy.add(name);
        await elapse(1);
        this.#busy.delete(name);
        this.turns += 1;
      });
    }
  }
}

async function underLoad(scene: Scene, disturb: () => Promise<unknown>): Promise<void> {
  const lockers = [await scene.locker({ ttl: 5_000 }), await scene.locker({ ttl: 5_000 })];
  const load = new Load(lockers, 16);
  for (let round = 0; round < 5; round += 1) {
    const { turns } = load;
    await disturb();
    // Work goes on after each.
    while (load.turns < turns + 20 && load.errors.length === 0) await elapse(5);
  }
  await load.end();
  assert.deepEqual(load.errors, []);
  assert.equal(load.overlaps, 0);
}

scenario('no caller notices that the scripts were flushed', async (scene) => {
  await underLoad(scene, () => scene.observer.send('SCRIPT', 'FLUSH'));
});

scenario('no caller notices that every connection was killed', async (scene) => {
  await underLoad(scene, () => scene.observer.killClients());
});

scenario('no caller notices that the wake channels were killed', async (scene) => {
  await underLoad(scene, () => scene.observer.send('CLIENT', 'KILL', 'TYPE', 'pubsub'));
});

scenario(
  'no caller notices that all connections are cut and scripts lost at once',
  async (scene) => {
    await underLoad(scene, async () => {
      await scene.observer.send('SCRIPT', 'FLUSH');
      await scene.observer.killClients();
    });
  },
);

scenario('a flush of the scripts between acquire and release costs nothing', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  const lock = await locker.acquire('job');
  await observer.send('SCRIPT', 'FLUSH');
  await lock.renew();
  await observer.send('SCRIPT', 'FLUSH');
  const waiting = locker.acquire('job');
  await observer.lined('job', 1);
  await observer.send('SCRIPT', 'FLUSH');
  await lock.release();
  await (await waiting).release();
});

scenario('waiters keep their places when every connection was killed', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  const others = [await scene.locker(), await scene.locker()];
  const lock = await locker.acquire('job');
  const order: number[] = [];
  const turns: Promise<unknown>[] = [];
  for (const [place, other] of [...others, ...others, ...others].entries()) {
    turns.push(other.using('job', () => order.push(place)));
    await observer.lined('job', place + 1);
  }
  await observer.killClients();
  while ((await observer.listeners()) < 2) await elapse(3);
  await lock.release();
  await Promise.all(turns);
  assert.deepEqual(order, [0, 1, 2, 3, 4, 5]);
});
