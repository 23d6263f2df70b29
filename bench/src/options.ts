import { parseArgs } from 'node:util';
import { WORKLOADS } from './run.js';

/** What to run, and what becomes of it. */
export interface Options {
  readonly workloads: typeof WORKLOADS;
  readonly rounds: number | undefined;
  /** The short form, for the checks. */
  readonly short: boolean;
  /** Whether a mark that is missed is a failure. */
  readonly assert: boolean;
  readonly publish: boolean;
  /** A file with results to show again, instead of a run. */
  readonly from: string | undefined;
  /** The folder for what is written. */
  readonly out: string | undefined;
}

/** @throws {Error} if an argument makes no sense. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      short: { type: 'boolean', default: false },
      assert: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
      from: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const { only, rounds, short, assert, publish, from, out } = values;
  const workloads = WORKLOADS.filter((workload) => only?.includes(workload) ?? true);
  const unknown = only?.find((name) => !WORKLOADS.some((workload) => workload === name));
  if (unknown !== undefined) {
    throw new Error(`There is no workload ${unknown}; there are ${WORKLOADS.join(', ')}.`);
  }
  if (rounds !== undefined && !/^[1-9]\d*$/.test(rounds)) {
    throw new Error(`--rounds takes a number, not ${rounds}.`);
  }
  if (publish && (only !== undefined || short || out !== undefined)) {
    throw new Error('Only a whole run is published, in its own place.');
  }
  if (short && [only, rounds, from, out].some((option) => option !== undefined)) {
    throw new Error('The short form is always the same.');
  }
  return {
    workloads,
    rounds: rounds === undefined ? undefined : Number(rounds),
    short,
    assert,
    publish,
    from,
    out,
  };
}
