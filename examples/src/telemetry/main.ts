/**
 * Two requests for one order, as traces: each waits for the lock and works under it.
 *
 * `REDIS_URL=redis://localhost:6379 node examples/dist/telemetry/main.js`
 */
import { createLocker } from '@holdfast/core';
import { Shop } from './shop.js';
import { Telemetry } from './telemetry.js';
import { treesOf } from './trees.js';

await using telemetry = new Telemetry();
await using locker = await createLocker();
const shop = new Shop(locker);
await Promise.all([shop.handle({ id: 42 }), shop.handle({ id: 42 })]);

for (const line of treesOf(telemetry.spans)) console.log(line);
for (const { descriptor, dataPoints } of await telemetry.collect()) {
  console.log(`${descriptor.name}: ${dataPoints.length} series`);
}
