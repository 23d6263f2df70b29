/**
 * Records what docs/telemetry.md shows: half a minute of a shop with a rush, and with a Redis that does
 * not answer for a while. It brings its own server. Then `draw.js` makes the pictures.
 *
 * `node examples/dist/telemetry/record.js`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker } from '@holdfast/core';
import { startProxy, startRedis } from '@holdfast/support';
import { publish, type Sample } from './recording.js';
import { boundariesOf, sampleOf } from './sample.js';
import { Shop } from './shop.js';
import { Telemetry } from './telemetry.js';
import { twoTraces } from './two-traces.js';

const SECONDS = 30;
/** In seconds from the beginning. */
const RUSH = { from: 7, to: 15 };
const OUTAGE = { from: 19, to: 22.5 };

await using redis = await startRedis();
await using proxy = await startProxy({ port: redis.port });
await using telemetry = new Telemetry();
await using locker = await createLocker({ url: proxy.url, commandTimeout: '1s', owner: 'shop-1' });
const shop = new Shop(locker);

const began = performance.now();
const now = (): number => (performance.now() - began) / 1_000;
const isOpen = (): boolean => now() < SECONDS;

/** Orders one thing after the other; those of a rush come for its time only, and all for the same. */
async function customer(number: number, until: number, things: number): Promise<void> {
  for (let visit = 0; now() < until && isOpen(); visit += 1) {
    // What fails is on the spans and in the metrics.
    await shop.handle({ id: (number * 7 + visit * 3) % things }).catch(() => {});
    await sleep(20 + ((number * 13 + visit * 11) % 60));
  }
}

/** Exports one month after the other. */
async function exporter(): Promise<void> {
  for (let month = 1; isOpen(); month += 1) {
    await shop.export(month).catch(() => {});
    await sleep(200);
  }
}

async function rush(): Promise<void> {
  await sleep(RUSH.from * 1_000);
  await Promise.all(Array.from({ length: 30 }, (_, number) => customer(number, RUSH.to, 3)));
}

async function outage(): Promise<void> {
  await sleep(OUTAGE.from * 1_000);
  proxy.hang();
  await sleep((OUTAGE.to - OUTAGE.from) * 1_000);
  await proxy.heal();
}

const samples: Sample[] = [];
async function sampling(): Promise<void> {
  while (isOpen()) {
    samples.push(sampleOf(now(), await telemetry.collect()));
    await sleep(1_000 - ((performance.now() - began) % 1_000));
  }
}

const usual = Array.from({ length: 8 }, (_, number) => customer(number, SECONDS, 12));
await Promise.all([...usual, exporter(), rush(), outage(), sampling()]);
const boundaries = boundariesOf(await telemetry.collect());
await publish({ boundaries, samples, spans: twoTraces(telemetry.spans) });
console.log(`${samples.length} samples, ${telemetry.spans.length} spans`);
