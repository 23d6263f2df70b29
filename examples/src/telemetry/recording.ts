import { readFile, writeFile } from 'node:fs/promises';

/** One series of a metric at a moment: its attributes without their prefix, and what was counted. */
export interface Point {
  readonly group: string;
  /** The outcome, or the reason of a loss. */
  readonly kind: string | undefined;
  /** Of a histogram: how often. */
  readonly value: number;
  /** Of a histogram: how many are in each bucket, the last one without an end. */
  readonly buckets?: readonly number[];
}

/** What was counted up to a moment. */
export interface Sample {
  /** In seconds from the beginning. */
  readonly at: number;
  readonly metrics: Readonly<Record<string, readonly Point[]>>;
}

/** A span of one of the traces; in ms from the beginning of the first. */
export interface DrawnSpan {
  readonly trace: number;
  readonly depth: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly outcome: string | undefined;
  readonly fencingToken: number | undefined;
  /** Whose hold it has waited for. */
  readonly waitedFor: number | undefined;
}

/** What docs/telemetry.md shows, as it was measured. */
export interface Recording {
  /** Upper ends of the buckets, in seconds. */
  readonly boundaries: readonly number[];
  readonly samples: readonly Sample[];
  readonly spans: readonly DrawnSpan[];
}

/** Where it is published. */
export const FOLDER: URL = new URL('../../../docs/telemetry/', import.meta.url);

export async function readRecording(): Promise<Recording> {
  return JSON.parse(await readFile(new URL('recording.json', FOLDER), 'utf8')) as Recording;
}

export async function publish(recording: Recording): Promise<void> {
  await writeFile(new URL('recording.json', FOLDER), `${JSON.stringify(recording)}\n`);
}
