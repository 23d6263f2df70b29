import { createHash } from 'node:crypto';
import { Cluster } from 'ioredis';
import { bare, SCRIPT } from './bare-commands.js';
import { type Contestant, TTL } from './contestant.js';
import { type Entry, entryNamed, HOLDFAST } from './roster.js';

const DIGEST = createHash('sha1').update(SCRIPT).digest('hex');

const peer = { role: 'peer', waits: 'polling', renews: 'never', sends: [] } as const;

/** To be compared with: it is beside the cluster, and no contestant. */
export const ONE_SERVER: string = 'Holdfast, one server';

/** Has the address of a server that is in no cluster. */
export const ADDRESS_OF_ONE: string = 'BENCH_ONE_SERVER';

/** Those who take locks in a cluster, by the address of one of its nodes. */
export const CLUSTERED: readonly Entry[] = [
  entryNamed(HOLDFAST),
  { ...peer, role: 'holdfast', name: ONE_SERVER, open: openOneServer },
  { ...peer, name: "redlock on ioredis' cluster", open: openRedlock },
  { ...peer, name: "redlock-universal on ioredis' cluster", open: openUniversal },
  { ...peer, role: 'floor', name: "bare node-redis' cluster", open: openNodeRedis },
  { ...peer, role: 'floor', name: "bare ioredis' cluster", open: openIoredis },
];

async function cluster(url: string): Promise<Cluster> {
  const { hostname, port } = new URL(url);
  const client = new Cluster([{ host: hostname, port: Number(port) }], { lazyConnect: true });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function openOneServer(): Promise<Contestant> {
  return (await import('./holdfast.js')).open(process.env[ADDRESS_OF_ONE] ?? '');
}

async function openRedlock(url: string): Promise<Contestant> {
  const { default: Redlock } = await import('redlock');
  const redlock = new Redlock([await cluster(url)], { retryCount: -1 });
  return { acquire: (name) => redlock.acquire([`redlock:${name}`], TTL) };
}

async function openUniversal(url: string): Promise<Contestant> {
  const { createLock, IoredisAdapter } = await import('redlock-universal');
  const adapter = new IoredisAdapter(await cluster(url));
  return {
    async acquire(key) {
      const lock = createLock({ adapter, key, ttl: TTL, retryAttempts: Number.MAX_SAFE_INTEGER });
      const handle = await lock.acquire();
      return { release: () => lock.release(handle) };
    },
  };
}

async function openNodeRedis(url: string): Promise<Contestant> {
  const { createCluster } = await import('redis');
  const client = createCluster({ rootNodes: [{ url }] });
  client.on('error', () => {});
  await client.connect();
  for (const master of client.masters) {
    await (await client.nodeClient(master)).scriptLoad(SCRIPT);
  }
  return bare({
    set: (key, token) =>
      client.set(key, token, { condition: 'NX', expiration: { type: 'PX', value: TTL } }),
    compareAndDelete: (key, token) => client.evalSha(DIGEST, { keys: [key], arguments: [token] }),
  });
}

async function openIoredis(url: string): Promise<Contestant> {
  const client = await cluster(url);
  for (const node of client.nodes('master')) await node.script('LOAD', SCRIPT);
  return bare({
    set: (key, token) => client.set(key, token, 'PX', TTL, 'NX'),
    compareAndDelete: (key, token) => client.evalsha(DIGEST, 1, key, token),
  });
}
