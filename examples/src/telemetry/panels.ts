import type { Point, Recording, Sample } from './recording.js';

/** A line: a value for each sample, if there is one. */
export interface Line {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly isLogarithmic?: boolean;
  readonly lines: readonly Line[];
}

/** Over how many samples rates and quantiles are made. */
const WINDOW = 3;

/** The panels of docs/telemetry/dashboard.json, made of the recording as Prometheus would. */
export function panelsOf(recording: Recording): Panel[] {
  const { samples } = recording;
  const quantiles = (metric: string, quantile: number): Line[] =>
    linesOf(samples, metric, groupOf, (then, now) => quantileOf(recording, then, now, quantile));
  const p99 = (metric: string): Line[] => quantiles(metric, 0.99);
  const now = (metric: string): Line[] =>
    linesOf(samples, metric, groupOf, (_, points) => sum(points));
  const rates = (metric: string): Line[] => linesOf(samples, metric, kindOf, rateOf);
  return [
    {
      title: 'Time waited, p99',
      unit: 's',
      isLogarithmic: true,
      lines: p99('holdfast.acquire.duration'),
    },
    { title: 'Calls by outcome', unit: '/s', lines: rates('holdfast.acquire.duration') },
    { title: 'Callers waiting', unit: '', lines: now('holdfast.acquire.active') },
    { title: 'Locks held', unit: '', lines: now('holdfast.hold.active') },
    {
      title: 'Time held, p99',
      unit: 's',
      isLogarithmic: true,
      lines: p99('holdfast.hold.duration'),
    },
    {
      title: 'Losses and renewals',
      unit: '/s',
      lines: [
        ...rates('holdfast.renewals').map(({ name, values }) => ({
          name: `renewal: ${name}`,
          values,
        })),
        ...rates('holdfast.losses').map(({ name, values }) => ({ name: `loss: ${name}`, values })),
      ],
    },
  ];
}

const groupOf = ({ group }: Point): string => group;
const kindOf = ({ kind }: Point): string => kind ?? '';

/** What is made of the points of a line at two moments. */
type Measure = (
  then: readonly Point[],
  now: readonly Point[],
  seconds: number,
) => number | undefined;

function linesOf(
  samples: readonly Sample[],
  metric: string,
  nameOf: (point: Point) => string,
  measure: Measure,
): Line[] {
  const pointsOf = (sample: Sample | undefined): readonly Point[] => sample?.metrics[metric] ?? [];
  const names = new Set(samples.flatMap((sample) => pointsOf(sample).map(nameOf)));
  return [...names].toSorted().map((name) => {
    const values = samples.map((sample, index) => {
      const before = samples[Math.max(index - WINDOW, 0)];
      const [then, now] = [before, sample].map((one) =>
        pointsOf(one).filter((point) => nameOf(point) === name),
      ) as [Point[], Point[]];
      return measure(then, now, sample.at - (before?.at ?? 0));
    });
    return { name, values };
  });
}

function sum(points: readonly Point[]): number {
  return points.reduce((total, { value }) => total + value, 0);
}

function rateOf(
  then: readonly Point[],
  now: readonly Point[],
  seconds: number,
): number | undefined {
  return seconds === 0 ? undefined : (sum(now) - sum(then)) / seconds;
}

/** As `histogram_quantile` of PromQL does: between the ends of a bucket by proportion. */
function quantileOf(
  { boundaries }: Recording,
  then: readonly Point[],
  now: readonly Point[],
  quantile: number,
): number | undefined {
  const counts = [...boundaries, Infinity].map((_, bucket) => {
    const at = (points: readonly Point[]): number =>
      points.reduce((total, { buckets }) => total + (buckets?.[bucket] ?? 0), 0);
    return at(now) - at(then);
  });
  const rank = quantile * counts.reduce((total, count) => total + count, 0);
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const low = boundaries[bucket - 1] ?? 0;
      const high = boundaries[bucket] ?? low;
      return low + ((high - low) * (rank - below)) / count;
    }
    below += count;
  }
  return undefined;
}
