import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDuration } from '@holdfast/core';
import { WORKER_FAULTS } from './nemesis/plan.js';
import { COMMON_FAULTS } from './nemesis/topology-faults.js';
import { TOPOLOGIES, type Topology } from './stage/servers.js';

/** What a run is to be like. */
export interface Options {
  readonly seed: number;
  /** In ms, without what comes after: the last calls, and the life of what was left by the dead. */
  readonly duration: number;
  readonly workers: number;
  /** Default: `single`. */
  readonly topology?: Topology;
  readonly losesData: boolean;
  /** The grace that all count on, in ms; 0: none. */
  readonly grace?: number;
  /** Kinds of faults that are left out. */
  readonly without?: readonly string[];
  /** Whether to wait for the lines that the dead have left to run out: 30 s. */
  readonly outwaitsLines: boolean;
  /** Where the journals and the picture go. */
  readonly folder: string;
}

const USAGE = `usage: npm run torture -- [option …]
  --minutes 10      how long, without what comes after
  --seed N          the same seed makes the same plan; default: another one each time
  --workers 24      processes that take locks
  --topology NAME   cluster (three masters, three replicas) or sentinel; default: single, with a replica
  --lose-data       the servers keep nothing on disk, and replicas take over with what they have
  --grace TIME      all lockers have a grace, such as 6s; only with --lose-data
  --without FAULT   leaves out a kind of fault, as the table names it; can be given several times
  --out FOLDER      where the journals and the picture go; default: a new temp folder`;

/** @throws {RangeError} for what is no number, with the usage. */
export async function optionsOf(args: readonly string[]): Promise<Options> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      workers: { type: 'string', default: '24' },
      topology: { type: 'string', default: 'single' },
      'lose-data': { type: 'boolean', default: false },
      grace: { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
    },
  });
  if (values.out !== undefined) await mkdir(values.out, { recursive: true });
  return {
    seed: positive(values.seed),
    duration: positive(values.minutes) * 60_000,
    workers: positive(values.workers),
    topology: topologyOf(values.topology),
    losesData: values['lose-data'],
    grace: values.grace === undefined ? 0 : parseDuration('grace', values.grace, 1),
    without: values.without.map(known),
    outwaitsLines: true,
    folder: values.out ?? (await mkdtemp(join(tmpdir(), 'holdfast-torture-'))),
  };
}

function topologyOf(name: string): Topology {
  const topology = TOPOLOGIES.find((one) => one === name);
  if (topology === undefined) throw new RangeError(`${name}?\n${USAGE}`);
  return topology;
}

function known(kind: string): string {
  if (kind in WORKER_FAULTS || kind in COMMON_FAULTS) return kind;
  throw new RangeError(`${kind}?\n${USAGE}`);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0) || !Number.isFinite(number)) throw new RangeError(`${text}?\n${USAGE}`);
  return number;
}
