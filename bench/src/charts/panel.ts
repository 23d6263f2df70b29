import type { Entry } from '../contestants/roster.js';

/** One contestant's figure. */
export interface Bar {
  readonly name: string;
  readonly role: Entry['role'];
  /** Absent: it failed. */
  readonly value: number | undefined;
  /** Between what the rounds were. */
  readonly range?: readonly [number, number];
}

/** Bars of one measure, one below the other. */
export interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** When figures differ by orders of magnitude. */
  readonly logarithmic?: boolean;
}

export interface Chart {
  /** Of its file, without an ending. */
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}
