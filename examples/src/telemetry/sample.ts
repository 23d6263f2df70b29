import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import type { Point, Sample } from './recording.js';

export function sampleOf(at: number, metrics: readonly MetricData[]): Sample {
  const entries = metrics.map(({ descriptor, dataPoints }) => {
    return [descriptor.name, dataPoints.map(pointOf)] as const;
  });
  return { at: Math.round(at * 100) / 100, metrics: Object.fromEntries(entries) };
}

/** Upper ends of the buckets of the histograms. */
export function boundariesOf(metrics: readonly MetricData[]): readonly number[] {
  const points = metrics.flatMap(({ dataPoints }) => dataPoints as DataPoint<Histogram | number>[]);
  for (const { value } of points) if (typeof value !== 'number') return value.buckets.boundaries;
  return [];
}

function pointOf({ attributes, value }: DataPoint<unknown>): Point {
  const group = String(attributes['holdfast.lock.group'] ?? '');
  const kind = attributes['holdfast.outcome'] ?? attributes['holdfast.loss.reason'];
  const common = { group, kind: kind === undefined ? undefined : String(kind) };
  if (typeof value === 'number') return { ...common, value };
  const { count, buckets } = value as Histogram;
  return { ...common, value: count, buckets: buckets.counts };
}
