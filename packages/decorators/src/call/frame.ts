import { AsyncLocalStorage } from 'node:async_hooks';
import type { Locker } from '@holdfast/core';
import type { Stay } from './stay.js';

/** One running call under a lock, and the calls that it was made from. */
export class Frame {
  readonly stay: Stay;
  #outer: Frame | undefined;
  #open = true;

  constructor(stay: Stay, outer: Frame | undefined) {
    this.stay = stay;
    this.#outer = outer;
  }

  /** The call has settled. What it left behind, such as a timer, is not inside any more. */
  close(): void {
    this.#open = false;
  }

  get open(): boolean {
    return this.#open;
  }

  /** The nearest call around this one that still runs; those that have settled are let go. */
  get outer(): Frame | undefined {
    while (this.#outer !== undefined && !this.#outer.#open) this.#outer = this.#outer.#outer;
    return this.#outer;
  }
}

const frames = new AsyncLocalStorage<Frame | undefined>();

/** The innermost running call of this async context. */
export function innermost(): Frame | undefined {
  const frame = frames.getStore();
  return frame === undefined || frame.open ? frame : frame.outer;
}

/** The innermost running call of this async context that fits. */
export function findFrame(fits: (stay: Stay) => boolean): Frame | undefined {
  let frame = innermost();
  while (frame !== undefined && !fits(frame.stay)) frame = frame.outer;
  return frame;
}

/** The running call of this async context under this lock of this locker. */
export function frameOf(locker: Locker, lockName: string): Frame | undefined {
  return findFrame((stay) => stay.locker === locker && stay.lock.name === lockName);
}

export function inside<T>(frame: Frame, work: () => T): T {
  return frames.run(frame, work);
}
