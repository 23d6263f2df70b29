import { ONE_SERVER } from '../contestants/clustered.js';
import { cyclesMark, type Wanted } from '../marks/cycles.js';
import type { Mark } from '../marks/mark.js';
import { commandsMark, roundTripsMark } from '../marks/waiting.js';
import { figure } from '../report/figures.js';
import type { ClusterResults } from './results.js';

/** By the number of callers. */
const CYCLES = new Map<number, Wanted>([
  [16, { times: 1, of: 'fastest' }],
  [256, { times: 1.5, of: 'fastest' }],
  [1_024, { times: 1, of: 'fastest' }],
]);
const ROUND_TRIPS = 2;
/** In ms. */
const FIRST_GRANT = 1_000;

export function marksOf(results: ClusterResults): Mark[] {
  const { cycles = [], handOff, longLine, failover } = results;
  const marks = cycles.flatMap((row) => {
    const wanted = CYCLES.get(row.callers);
    if (wanted === undefined) return [];
    const standings = row.standings.filter(({ contestant }) => contestant !== ONE_SERVER);
    const mark = cyclesMark({ ...row, standings }, wanted);
    return [{ ...mark, workload: `masters: ${row.masters}, ${mark.workload}` }];
  });
  if (handOff !== undefined) marks.push(roundTripsMark(handOff, ROUND_TRIPS));
  if (longLine !== undefined) marks.push(commandsMark(longLine));
  if (failover !== undefined) {
    const { firstGrant, lost } = failover;
    marks.push({
      workload: 'a master is killed: first grant, calls lost',
      wanted: `<= ${FIRST_GRANT} ms, none`,
      measured: `${figure(firstGrant.max)} ms at most, ${lost}`,
      reached: firstGrant.max <= FIRST_GRANT && lost === 0,
    });
  }
  return marks;
}
