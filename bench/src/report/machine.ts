import { cpus, release, type } from 'node:os';
import type { NodeRedis } from '../contestants/clients.js';
import type { Machine } from './results.js';

export async function machineOf(client: Pick<NodeRedis, 'info'>): Promise<Machine> {
  const info = await client.info('server');
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: `${type()} ${release()}`,
    node: process.versions.node,
    redis: /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown',
  };
}
