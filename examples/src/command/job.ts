/** A job that cron starts on every machine, by `holdfast run nightly --no-wait`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker, type LockJSON } from '@holdfast/core';

const { HOLDFAST_LOCK_JSON: json = '' } = process.env;
await using locker = await createLocker();
// It takes part in the acquisition that `holdfast run` has made, and will give back.
const lock = await locker.adopt(JSON.parse(json) as LockJSON);

for (const step of ['collect', 'send']) {
  await sleep(200, undefined, { signal: lock.signal });
  console.log(`${step} under ${lock.fencingToken}`);
}
lock.handOver();
