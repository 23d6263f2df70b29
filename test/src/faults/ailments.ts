import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './observer.js';
import type { Scene } from './scene.js';

/** Why a server may refuse every write for a while. */
export interface Ailment {
  readonly code: string;
  befall(scene: Scene): Promise<void>;
  pass(scene: Scene): Promise<void>;
}

export const tooFewReplicas: Ailment = {
  code: 'NOREPLICAS',
  befall: async ({ observer }) => {
    await observer.send('CONFIG', 'SET', 'min-replicas-to-write', '1');
  },
  pass: async ({ observer }) => {
    await observer.send('CONFIG', 'SET', 'min-replicas-to-write', '0');
  },
};

export const snapshotFailed: Ailment = {
  code: 'MISCONF',
  async befall({ redis, observer }) {
    // A folder of this name cannot be replaced by the snapshot.
    const inTheWay = join(redis.directory, 'dump.rdb');
    await mkdir(inTheWay);
    await writeFile(join(inTheWay, 'apples'), '3');
    await observer.send('CONFIG', 'SET', 'save', '3600 1');
    await observer.send('BGSAVE');
    await until(async () => (await lastSave(observer)) === 'err');
  },
  async pass({ redis, observer }) {
    await rm(join(redis.directory, 'dump.rdb'), { recursive: true });
    await observer.send('CONFIG', 'SET', 'save', '');
    await observer.send('BGSAVE');
    await until(async () => (await lastSave(observer)) === 'ok');
  },
};

async function lastSave(observer: Scene['observer']): Promise<string | undefined> {
  const info = String(await observer.send('INFO', 'persistence'));
  return /rdb_last_bgsave_status:(\w+)/.exec(info)?.[1];
}

/** Settles when the server has refused something once more, for this reason. */
export async function refused(
  { observer }: Scene,
  { code }: Ailment,
  act: () => void,
): Promise<void> {
  const count = async (): Promise<number> => {
    const info = String(await observer.send('INFO', 'errorstats'));
    return Number(new RegExp(`errorstat_${code}:count=(\\d+)`).exec(info)?.[1] ?? 0);
  };
  const former = await count();
  act();
  await until(async () => (await count()) > former);
}
