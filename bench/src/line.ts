import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker } from '@holdfast/core';
import { startWorker } from '@holdfast/support';
import { createClient } from 'redis';
import { clientCommands } from './commands.js';
import type { Commands, Told } from './line-worker.js';

const HAND_OFFS = 500;

/** Longer than the interval of the fallback poll, in ms. */
const QUIET_TIME = 6_000;

export interface Line {
  readonly waiters: number;
  readonly handOffs: number;
  /** Client commands for each hand-off; the next waiter takes its place in the same command. */
  readonly commandsPerHandOff: number;
  /** Client commands a second while all wait and nothing happens; undefined: not measured. */
  readonly idleCommandsPerSecond: number | undefined;
}

/** What a long line costs the server: two processes wait, each with half of the waiters. */
export async function measureLine(
  url: string,
  waiters: number,
  { idle }: { readonly idle: boolean },
): Promise<Line> {
  const lockName = `bench:line:${waiters}`;
  const module = new URL('./line-worker.js', import.meta.url);
  await using left = await startWorker<Commands, Told>(module, [url]);
  await using right = await startWorker<Commands, Told>(module, [url]);
  await using locker = await createLocker({ url });
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  try {
    const lock = await locker.acquire(lockName);
    for (const worker of [left, right]) {
      await worker.request('wait', lockName, waiters / 2, HAND_OFFS / 2);
    }
    while ((await client.zCard(`holdfast:queue:lock:${lockName}`)) < waiters) await sleep(20);

    let idleCommandsPerSecond: number | undefined;
    if (idle) {
      const before = await clientCommands(client);
      await sleep(QUIET_TIME);
      idleCommandsPerSecond = ((await clientCommands(client)) - before) / (QUIET_TIME / 1_000);
    }

    const before = await clientCommands(client);
    await lock.release();
    await Promise.race([left.event('enough'), right.event('enough')]);
    const commands = (await clientCommands(client)) - before;
    const holds = await Promise.all([left.request('holds'), right.request('holds')]);
    const handOffs = holds[0] + holds[1];
    return { waiters, handOffs, commandsPerHandOff: commands / handOffs, idleCommandsPerSecond };
  } finally {
    client.destroy();
  }
}
