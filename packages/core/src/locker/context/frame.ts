import { AsyncLocalStorage } from 'node:async_hooks';
import type { Held } from './call.js';
import type { Stay } from './stay.js';

/** No work is that deep: it is a recursion without end. */
const DEEPEST = 10_000;

/**
 * One running call under a lock, and the calls that it was made from. They can be those of another copy
 * of this package: nothing here is `#private`.
 */
export class Frame {
  readonly stay: Stay;
  /** What this call asked for, of what is held. */
  readonly held: Held;
  /** False when the call has settled. What it left behind, such as a timer, is not inside any more. */
  open = true;
  /** The call that it was made from, or one around that; it may have settled: ask for `outer`. */
  around: Frame | undefined;
  /** Of calls that run, one in another; those that have settled since are counted, too. */
  depth: number;

  constructor(stay: Stay, held: Held, outer: Frame | undefined) {
    this.stay = stay;
    this.held = held;
    this.around = outer;
    this.depth = outer === undefined ? 1 : outer.depth + 1;
  }

  /** Whether no call may begin in this one any more. */
  get isDeepest(): boolean {
    if (this.depth < DEEPEST) return false;
    this.depth = 1;
    for (let frame = this.outer; frame !== undefined; frame = frame.outer) this.depth += 1;
    return this.depth >= DEEPEST;
  }

  /** The nearest call around this one that still runs; those that have settled are let go. */
  get outer(): Frame | undefined {
    while (this.around !== undefined && !this.around.open) this.around = this.around.around;
    return this.around;
  }

  /** The call has settled. */
  close(): void {
    this.open = false;
    // Whoever keeps this one must not keep all that have settled before it.
    this.around = this.outer;
  }
}

/**
 * One for all copies of this package in the process, so that they know each other's calls. The number
 * goes up when a frame, or what it refers to, changes in what others ask of it.
 */
const SHARED = Symbol.for('holdfast.frames.1');
const shared = globalThis as { [SHARED]?: AsyncLocalStorage<Frame | undefined> };

/** Costs nothing before the first call runs in it. */
const frames = (shared[SHARED] ??= new AsyncLocalStorage<Frame | undefined>());

/** The innermost running call of this async context. */
export function innermost(): Frame | undefined {
  return running(frames.getStore());
}

/** The call itself, if it still runs, else the nearest around it that does. */
export function running(frame: Frame | undefined): Frame | undefined {
  return frame === undefined || frame.open ? frame : frame.outer;
}

/** The innermost running call, from this one outwards, that fits. */
export function findFrame(
  from: Frame | undefined,
  fits: (stay: Stay) => boolean,
): Frame | undefined {
  let frame = from;
  while (frame !== undefined && !fits(frame.stay)) frame = frame.outer;
  return frame;
}

export function inside<T>(frame: Frame, work: () => T): T {
  return frames.run(frame, work);
}
