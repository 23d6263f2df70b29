import { type Finding, findingsOf } from '../finding.js';
import type { Server } from '../../connection/server.js';

const { good, warning } = findingsOf('latency');

const TRIES = 20;
/** In ms. */
const SLOW = 50;
const STALLED = 500;

export async function checkLatency(server: Server): Promise<Finding[]> {
  const times: number[] = [];
  for (let count = 0; count < TRIES; count += 1) {
    const began = performance.now();
    // One after the other: it is the way there and back that counts.
    // oxlint-disable-next-line no-await-in-loop
    await server.tryAsk('PING');
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const [median, most] = [times[TRIES >> 1] ?? 0, times.at(-1) ?? 0];
  const what = `${median.toFixed(1)} ms there and back, ${most.toFixed(1)} ms at most`;
  if (median < SLOW && most < STALLED) return [good(what)];
  return [
    warning(
      what,
      'Take a ttl of a hundred times that. If only some take long, look at SLOWLOG GET and at the disk.',
    ),
  ];
}
