import type { Standing } from '../measure/standing.js';
import type { Decorator } from '../workloads/decorator.js';
import type { DistinctLocksRow } from '../workloads/distinct-locks.js';
import type { Heap } from '../workloads/heap.js';
import type { LongLineRow } from '../workloads/long-line.js';
import type { ManyHeld } from '../workloads/many-held.js';
import type { OneLock } from '../workloads/one-lock.js';
import type { SeveralLocksRow } from '../workloads/several-locks.js';
import type { Package } from '../workloads/packages.js';
import type { Sharing } from '../workloads/sharing.js';

/** Where and when it ran. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
}

/** Of one run. What was left out is absent. */
export interface Results {
  readonly machine: Machine;
  readonly distinctLocks?: readonly DistinctLocksRow[];
  readonly severalLocks?: readonly SeveralLocksRow[];
  readonly oneLock?: readonly Standing<OneLock>[];
  readonly longLine?: readonly LongLineRow[];
  readonly manyHeld?: readonly Standing<ManyHeld>[];
  readonly sharing?: Sharing;
  readonly grace?: readonly DistinctLocksRow[];
  readonly heap?: readonly Standing<Heap>[];
  readonly decorator?: Decorator;
  readonly packages?: readonly Standing<Package>[];
}
