/** A command that takes part in the lock that it runs under, and leaves it to be given back. */
import { createLocker, type LockJSON } from '@holdfast/core';

const {
  HOLDFAST_LOCK_NAME: name,
  HOLDFAST_FENCING_TOKEN: fencingToken,
  HOLDFAST_LOCK_JSON: json = '',
} = process.env;
await using locker = await createLocker();
const lock = await locker.adopt(JSON.parse(json) as LockJSON);
console.log(JSON.stringify({ name, fencingToken, adopted: JSON.stringify(lock) }));
lock.handOver();
