import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** What a run is to be like. */
export interface Options {
  readonly seed: number;
  /** In ms, without what comes after: the last calls, and the life of what was left by the dead. */
  readonly duration: number;
  readonly workers: number;
  readonly losesData: boolean;
  /** Whether to wait for the lines that the dead have left to run out: 30 s. */
  readonly outwaitsLines: boolean;
  /** Where the journals and the picture go. */
  readonly folder: string;
}

const USAGE =
  'usage: npm run torture -- [--minutes 10] [--seed N] [--workers 24] [--lose-data] [--out FOLDER]';

/** @throws {RangeError} for what is no number, with the usage. */
export async function optionsOf(args: readonly string[]): Promise<Options> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      workers: { type: 'string', default: '24' },
      'lose-data': { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  if (values.out !== undefined) await mkdir(values.out, { recursive: true });
  return {
    seed: positive(values.seed),
    duration: positive(values.minutes) * 60_000,
    workers: positive(values.workers),
    losesData: values['lose-data'],
    outwaitsLines: true,
    folder: values.out ?? (await mkdtemp(join(tmpdir(), 'holdfast-torture-'))),
  };
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0) || !Number.isFinite(number)) throw new RangeError(`${text}?\n${USAGE}`);
  return number;
}
