import { type Finding, findingsOf } from '../finding.js';
import type { Server } from '../../connection/server.js';

const { good, warning, unknown } = findingsOf('clock');

/** In ms: what a clock that is kept in time does not reach. */
const APART = 1_000;

/** Leases need no equal clocks. One that is wrong will be set right, and a jump ends leases. */
export async function checkClock(server: Server): Promise<Finding[]> {
  const [began, from] = [performance.now(), Date.now()];
  const reply = await server.tryAsk('TIME');
  if (!Array.isArray(reply)) return [unknown('the server does not tell its time', 'Allow +time.')];
  const way = (performance.now() - began) / 2;
  const [seconds, microseconds] = reply.map(Number);
  const there = (seconds ?? 0) * 1_000 + (microseconds ?? 0) / 1_000;
  const apart = Math.abs(there - from - way);
  if (apart - way < APART) return [good('the clock of the server and ours agree')];
  return [
    warning(
      `the clock of the server and ours are ${(apart / 1_000).toFixed(1)} s apart: one of them will be set`,
      'Let both be slewed by NTP, not stepped. A jump of the server ends leases early, or late.',
    ),
  ];
}
