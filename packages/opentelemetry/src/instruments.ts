import {
  type Counter,
  type Histogram,
  type Meter,
  type UpDownCounter,
  ValueType,
} from '@opentelemetry/api';
import { METRIC } from './names.js';

/** All that is counted. */
export interface Instruments {
  readonly acquireDuration: Histogram;
  readonly acquireActive: UpDownCounter;
  readonly holdDuration: Histogram;
  readonly holdActive: UpDownCounter;
  readonly losses: Counter;
  readonly renewals: Counter;
}

/**
 * From a round trip to a store in the same rack, over what a request can wait, to the longest that a job
 * is likely to take; in seconds.
 */
const BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

const DURATION = {
  unit: 's',
  valueType: ValueType.DOUBLE,
  advice: { explicitBucketBoundaries: [...BUCKETS] },
};

export function createInstruments(meter: Meter): Instruments {
  return {
    acquireDuration: meter.createHistogram(METRIC.acquireDuration, {
      ...DURATION,
      description: 'Time from asking for a lock to having it, or to giving up',
    }),
    acquireActive: meter.createUpDownCounter(METRIC.acquireActive, {
      unit: '{call}',
      description: 'Calls that wait for a lock',
    }),
    holdDuration: meter.createHistogram(METRIC.holdDuration, {
      ...DURATION,
      description: 'Time that a lock was held',
    }),
    holdActive: meter.createUpDownCounter(METRIC.holdActive, {
      unit: '{lock}',
      description: 'Locks that are held',
    }),
    losses: meter.createCounter(METRIC.losses, {
      unit: '{loss}',
      description: 'Locks that were lost while they were held',
    }),
    renewals: meter.createCounter(METRIC.renewals, {
      unit: '{renewal}',
      description: 'Renewals of leases that came to an end',
    }),
  };
}
