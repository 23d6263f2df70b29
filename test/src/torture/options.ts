import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDuration } from '@holdfast/core';
import { lossesAt } from './nemesis/losses.js';
import { commonFaultsAt, WORKER_FAULTS } from './nemesis/plan.js';
import { TOPOLOGIES, type Topology } from './stage/servers.js';

/** What a run is to be like. */
export interface Options {
  readonly seed: number;
  /** In ms, without what comes after: the last calls, and the life of what was left by the dead. */
  readonly duration: number;
  readonly workers: number;
  /** Default: `single`. */
  readonly topology?: Topology;
  /** The ways in which the server loses data; none: it keeps it. */
  readonly losing: readonly string[];
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
  --topology NAME   cluster: three masters, three replicas; sentinel: three, with a master and a replica;
                    default: single, with a replica
  --lose-data       the servers lose data, in all ways
  --lose-data=WAY   they do so in this way: ${Object.keys(lossesAt('single')).join(', ')};
                    beyond one server, instead of the last: ${Object.keys(lossesAt('cluster')).slice(4).join(', ')}
  --grace TIME      all lockers have a grace, such as 6s: the longest ttl, 3 s, and 2 s at least
  --without FAULT   leaves out a kind of fault, as the table names it; can be given several times
  --out FOLDER      where the journals and the picture go; default: a new temp folder`;

/** Of `--lose-data` without a way. */
const ALL = 'all';

/** @throws {RangeError} for what is no number, with the usage. */
export async function optionsOf(args: readonly string[]): Promise<Options> {
  const { values } = parseArgs({
    args: args.map((arg) => (arg === '--lose-data' ? `--lose-data=${ALL}` : arg)),
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      workers: { type: 'string', default: '24' },
      topology: { type: 'string', default: 'single' },
      'lose-data': { type: 'string', default: '' },
      grace: { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
    },
  });
  const topology = topologyOf(values.topology);
  if (values.out !== undefined) await mkdir(values.out, { recursive: true });
  return {
    seed: positive(values.seed),
    duration: positive(values.minutes) * 60_000,
    workers: positive(values.workers),
    topology,
    losing: waysOf(values['lose-data'], topology),
    grace: values.grace === undefined ? 0 : parseDuration('grace', values.grace, 1),
    without: values.without.map((kind) => known(kind, topology)),
    outwaitsLines: true,
    folder: values.out ?? (await mkdtemp(join(tmpdir(), 'holdfast-torture-'))),
  };
}

function topologyOf(name: string): Topology {
  const topology = TOPOLOGIES.find((one) => one === name);
  if (topology === undefined) throw new RangeError(`${name}?\n${USAGE}`);
  return topology;
}

function waysOf(text: string, topology: Topology): readonly string[] {
  const losses = lossesAt(topology);
  if (text === ALL) return Object.keys(losses);
  if (text !== '' && !Object.hasOwn(losses, text)) throw new RangeError(`${text}?\n${USAGE}`);
  return text === '' ? [] : [text];
}

function known(kind: string, topology: Topology): string {
  if (kind in WORKER_FAULTS || kind in commonFaultsAt(topology)) return kind;
  throw new RangeError(`${kind}?\n${USAGE}`);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0) || !Number.isFinite(number)) throw new RangeError(`${text}?\n${USAGE}`);
  return number;
}
