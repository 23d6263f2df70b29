import { inOwnTurn } from './drain.js';
import { explore } from './explore.js';
import type { Fault } from './faults.js';
import { prepare } from './specimen.js';
import { trace } from './trace.js';

export interface Found {
  readonly law: string;
  /** The shortest way to it. */
  readonly trace: string;
}

/** Looks for what a fault breaks, in the world that brings it out. */
export async function find(fault: Fault): Promise<Found | undefined> {
  const specimen = await prepare(fault);
  return inOwnTurn(() => {
    const { violation } = explore(fault.world, specimen, 'nearest');
    if (violation === undefined) return undefined;
    return { law: violation.law, trace: trace(fault.world, specimen, violation) };
  });
}
