import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from './observer.js';
import { scenario } from './scene.js';
import type { Ending } from './script.js';

/** Runs a script to its end, or kills it when it does not come to one. */
async function run(ending: Ending, url: string): Promise<Ended> {
  const script = fileURLToPath(new URL('./script.js', import.meta.url));
  return new Promise((resolve) => {
    let spoke = 0;
    const child = execFile(
      process.execPath,
      [script, ending, url],
      { timeout: 18_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : (error.code ?? error.signal);
        resolve({ code, said: stdout.trim(), stderr, afterwards: performance.now() - spoke });
      },
    );
    child.stdout?.once('data', () => (spoke = performance.now()));
  });
}

interface Ended {
  readonly code: unknown;
  readonly said: string;
  readonly stderr: string;
  /** How long it went on when it had nothing left to do, in ms. */
  readonly afterwards: number;
}

function assertEnded({ code, said, stderr }: Ended, expected: string): void {
  assert.deepEqual({ code, said, stderr }, { code: 0, said: expected, stderr: '' });
}

scenario('a script that released its lock ends by itself, without close()', async (scene) => {
  assertEnded(await run('released', scene.redis.url), 'released');
});

scenario('a script that has waited for a lock ends by itself, without close()', async (scene) => {
  const lock = await (await scene.locker()).acquire('job');
  const ended = run('waited', scene.redis.url);
  await scene.observer.lined('job', 1);
  await lock.release();
  assertEnded(await ended, 'waited');
});

scenario('a script that still holds a lock and has nothing to do ends by itself', async (scene) => {
  const ended = await run('holding', scene.redis.url);
  assertEnded(ended, 'holding');
  // Well before the first renewal of a lock of 30 s.
  assert.ok(ended.afterwards < 8_000);
  assert.ok((await scene.observer.lease('job')) > 0);
  await scene.observer.send('DEL', 'lock:job');
});

scenario('a script that awaits a busy lock lives until its time to wait is over', async (scene) => {
  const lock = await (await scene.locker()).acquire('job');
  assertEnded(await run('waiting', scene.redis.url), 'ACQUIRE_TIMEOUT');
  await lock.release();
});

scenario('a script that awaits a lock of a dead server lives to hear of it', async (scene) => {
  const proxy = await scene.proxy();
  proxy.rewrite((chunk, direction) =>
    direction === 'up' && chunk.includes('lock:job') ? Buffer.alloc(0) : chunk,
  );
  assertEnded(await run('unanswered', proxy.url), 'REDIS_UNREACHABLE');
});

scenario('a top-level await of a slow server is not cut off', async (scene) => {
  const proxy = await scene.proxy();
  proxy.delay(100);
  assertEnded(await run('connecting', proxy.url), 'connected');
});

scenario('a top-level await of a server that never answers ends with its error', async (scene) => {
  const proxy = await scene.proxy();
  proxy.hang();
  assertEnded(await run('in vain', proxy.url), 'REDIS_UNREACHABLE');
});

scenario('a script that drains lives until the last lock is released', async (scene) => {
  assertEnded(await run('draining', scene.redis.url), 'drained, released');
});

scenario('a script that leads lives until it steps down', async (scene) => {
  assertEnded(await run('leading', scene.redis.url), 'stepped down');
});

scenario('after close() nothing keeps the process alive', async (scene) => {
  const ended = await run('closed', scene.redis.url);
  assertEnded(ended, 'nothing');
});

scenario('after close() no connection is left at the server', async (scene) => {
  const { observer } = scene;
  const clients = async (): Promise<number> =>
    String(await observer.send('CLIENT', 'LIST'))
      .trim()
      .split('\n').length;
  const before = await clients();
  const locker = await scene.locker();
  const lock = await locker.acquire('job');
  const waiting = assert.rejects(locker.acquire('job'), { code: 'LOCKER_CLOSED' });
  await observer.lined('job', 1);
  assert.ok((await clients()) > before);
  await locker.close();
  await waiting;
  assert.equal(lock.held, false);
  await until(async () => (await clients()) === before);
});
