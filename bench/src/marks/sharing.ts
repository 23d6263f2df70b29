import { EXCLUSIVE, LIMITED, SEMAPHORE, SHARED } from '../contestants/sharers.js';
import { figuresOf } from '../measure/standing.js';
import { ratioOf } from '../measure/statistics.js';
import { figure, spread } from '../report/figures.js';
import type { Sharing } from '../workloads/sharing.js';
import { type Mark, missing } from './mark.js';

/** Of a holder of a lock that is shared, in bytes. */
const HEAP = 1_024;
/** By those that a PING takes. */
const ROUND_TRIPS = 2;

export function sharingMarks(sharing: Sharing): Mark[] {
  return [
    cyclesOf(sharing, SHARED, 0.5, EXCLUSIVE),
    cyclesOf(sharing, LIMITED, 3, SEMAPHORE),
    handOff(sharing),
    roundTrips(sharing),
    heap(sharing),
  ];
}

function cyclesOf({ cycles }: Sharing, who: string, times: number, other: string): Mark {
  const workload = `one lock, 256 callers: cycles/s of ${who}`;
  const wanted = `>= ${times} x ${other}`;
  const [ours, theirs] = [figuresOf(cycles, who), figuresOf(cycles, other)];
  if (ours === undefined) return missing(workload, wanted, who);
  if (theirs === undefined) return missing(workload, wanted, other);
  const ratio = ratioOf(ours.cycles, theirs.cycles);
  return {
    workload,
    wanted,
    measured: `${spread(ratio, figure)} x`,
    reached: ratio.median >= times,
  };
}

function handOff({ line }: Sharing): Mark {
  const workload = '50 callers, limit 8: hand-off p50';
  const wanted = `shorter than that of ${SEMAPHORE}`;
  const [ours, theirs] = [figuresOf(line, LIMITED), figuresOf(line, SEMAPHORE)];
  if (ours === undefined) return missing(workload, wanted, LIMITED);
  if (theirs === undefined) return missing(workload, wanted, SEMAPHORE);
  return {
    workload,
    wanted,
    measured: `${figure(ours.gapP50)} ms; ${figure(theirs.gapP50)} ms`,
    reached: ours.gapP50 < theirs.gapP50,
  };
}

function roundTrips({ line }: Sharing): Mark {
  const workload = '50 callers, limit 8: hand-off p50';
  const wanted = `<= ${ROUND_TRIPS} round trips`;
  const ours = figuresOf(line, LIMITED);
  if (ours === undefined) return missing(workload, wanted, LIMITED);
  const { gapP50, pingP50 } = ours;
  return {
    workload,
    wanted,
    measured: `${figure(gapP50 / pingP50)} (${figure(gapP50)} ms, a PING ${figure(pingP50)} ms)`,
    reached: gapP50 / pingP50 <= ROUND_TRIPS,
  };
}

function heap({ holders }: Sharing): Mark {
  const workload = '10,000 holders of one lock: heap of each';
  const wanted = `<= ${HEAP} bytes`;
  const ours = figuresOf(holders, SHARED);
  if (ours === undefined) return missing(workload, wanted, SHARED);
  return {
    workload,
    wanted,
    measured: `${figure(ours.heap.median)} bytes`,
    reached: ours.heap.median <= HEAP,
  };
}
