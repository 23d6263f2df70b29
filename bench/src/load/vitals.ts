import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How late the event loop was, in ms, and how busy the process was. */
export interface Vitals {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Of one processor; more than 1 with the threads of the garbage collector. */
  readonly cpu: number;
}

/** How often the event loop is looked at, in ms. */
const RESOLUTION = 2;

/** Watches this process between `start` and `end`. */
export class VitalSigns {
  #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  #cpu = process.cpuUsage();
  #since = performance.now();

  start(): void {
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#delay.enable();
    this.#cpu = process.cpuUsage();
    this.#since = performance.now();
  }

  end(): Vitals {
    this.#delay.disable();
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      p50: late(this.#delay.percentile(50)),
      p99: late(this.#delay.percentile(99)),
      max: late(this.#delay.max),
      cpu: (user + system) / 1_000 / (performance.now() - this.#since),
    };
  }
}

/** The histogram counts from one look to the next, in ns. */
function late(interval: number): number {
  return Math.max(0, interval / 1e6 - RESOLUTION);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the JavaScript heap that are in use after a full garbage collection. */
export function heapInUse(): number {
  // What the first one finalizes, the second one frees.
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
