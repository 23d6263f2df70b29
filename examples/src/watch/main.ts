/**
 * A few services with locks, and what `holdfast watch` shows of them.
 *
 * `node examples/dist/watch/main.js`; with `--publish` it draws the picture in the README of the command.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRedis } from '@holdfast/support';
import { Crowd, work } from './crowd.js';
import { svgOf } from './svg.js';

const PACKAGE = import.meta.resolve('@holdfast/cli/package.json');
const HOLDFAST = fileURLToPath(new URL('dist/index.js', PACKAGE));
const PICTURE = fileURLToPath(new URL('../../../packages/cli/watch.svg', import.meta.url));

/** Each picture begins with it, in bold. */
const TITLE = '\u001B[1mholdfast';

await using redis = await startRedis();
await using crowd = new Crowd(redis.url);
for (const owner of [
  'web-1:311',
  'web-2:207',
  'web-3:4711',
  'web-4:96',
  'web-5:1024',
  'web-6:18',
]) {
  await crowd.join(owner, async (locker, signal) => {
    await using _ = await locker.acquire('order:42', { signal });
    await work(25, signal);
  });
}
for (const owner of ['sync-1:77', 'sync-2:81', 'sync-3:80', 'sync-4:79']) {
  await crowd.join(owner, async (locker, signal) => {
    await using _ = await locker.acquire('api:stripe', { limit: 3, ttl: '6s', signal });
    await work(400, signal);
  });
}
for (const owner of ['report-1:12', 'report-2:9']) {
  await crowd.join(owner, async (locker, signal) => {
    await using _ = await locker.acquire('catalogue', { mode: 'shared', ttl: '4s', signal });
    await work(60_000, signal);
  });
}
await crowd.join('cron-a:5150', async (locker, signal) => {
  await using _ = await locker.acquire('job:nightly', { ttl: '5s', renew: false, signal });
  await work(60_000, signal);
});
await crowd.join('import-1:64', async (locker, signal) => {
  await using _ = await locker.acquire('catalogue', { signal });
  await work(60_000, signal);
});

const { stdout } = await promisify(execFile)(
  process.execPath,
  [HOLDFAST, 'watch', '--interval', '700ms', '--count', '5'],
  { env: { ...process.env, FORCE_COLOR: '1', REDIS_URL: redis.url } },
);
const last = stdout.slice(stdout.lastIndexOf(TITLE)).trimEnd();
console.log(last);
if (process.argv.includes('--publish')) await writeFile(PICTURE, svgOf(last));
