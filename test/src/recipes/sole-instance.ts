/** A process that has nothing to do but to hold a lock: `node sole-instance.js <way> <url>`. */
import { once } from 'node:events';
import { createLocker, isLockLost } from '@holdfast/core';
import { untilLost } from '../../../examples/dist/recipes/until-lost.js';

const [, , way, url = ''] = process.argv;

const locker = await createLocker({ url });
const lock = await locker.acquire('sole', { ttl: 3_000 });
if (way === 'signal') await once(lock.signal, 'abort');
else if (!isLockLost(await untilLost(lock))) throw new Error('It was not told of a loss.');
console.log('lost');
await locker.close();
