export { Gate } from './gate.js';
export { register, registerFolder, unregister, unregisterFolder } from './reaper.js';
export { findRedisServer } from './redis-binary.js';
export { type RedisCluster, type RedisClusterOptions, startCluster } from './redis-cluster.js';
export {
  type RedisSentinels,
  type RedisSentinelsOptions,
  startSentinels,
} from './redis-sentinels.js';
export { type RedisOptions, type RedisServer, startRedis } from './redis-server.js';
export { type Parent, serveWorker } from './serve-worker.js';
export { standStill } from './stand-still.js';
export { type Direction, type ProxyOptions, startProxy, type TcpProxy } from './tcp-proxy.js';
export { makeTempFolder, type TempFolder } from './temp-folder.js';
export { type Ending, startWorker, type WorkerProcess } from './worker.js';
export type { Events, Handlers } from './worker-protocol.js';
