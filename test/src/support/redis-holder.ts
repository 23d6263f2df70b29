/**
 * A worker for the tests of the watchdog and of workers: it can start a server, fail, and wait
 * forever.
 */
import { type RedisServer, serveWorker, startRedis } from '@holdfast/support';

export type Commands = {
  startRedis(options: { readonly pause: boolean }): Promise<{ port: number; directory: string }>;
  ping(): Promise<'pong'>;
  fail(code: string): Promise<never>;
  hang(): Promise<never>;
  say(word: string): Promise<void>;
};

export type Told = { readonly said: string };

if (process.argv[2] === 'exit') process.exit(3);

let redis: RedisServer | undefined;

const handlers: Commands = {
  async startRedis({ pause }) {
    redis = await startRedis();
    if (pause) redis.pause();
    return { port: redis.port, directory: redis.directory };
  },
  async ping() {
    return 'pong';
  },
  async fail(code) {
    throw Object.assign(new RangeError('It failed as it was told to.'), { code });
  },
  hang: () => new Promise(() => {}),
  async say(word) {
    parent.emit('said', word);
  },
};

const parent = serveWorker<Told>(handlers);
