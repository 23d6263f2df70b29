import type { Room } from '../../../packages/core/dist/store/port.js';
import type { Action, Reaction } from './action.js';
import type { Trust } from './former.js';
import type { Carelessness } from './slot.js';

/** How often each thing may happen. */
interface Limits {
  /** Steps of time, each to the next moment at which something is due. */
  readonly passes: number;
  readonly aborts: number;
  readonly renewals: number;
  /** Locks that are handed over, for whoever adopts them. */
  readonly handOvers: number;
  /** Lockers that are closed. */
  readonly closes: number;
  /** Callbacks that call back. */
  readonly reactions: number;
  /** Processes that die. */
  readonly crashes: number;
  /** Requests of which the sender learns only that the connection broke. */
  readonly cuts: number;
  /** Connections for commands that are replaced while they are idle. */
  readonly reconnects: number;
  /** Requests that never leave their process. */
  readonly unsents: number;
  /** Requests that the server refuses for a while. */
  readonly refusals: number;
  /** Wake channels that break. */
  readonly breaks: number;
  /** Wake channels that the server loses, without a word to the locker. */
  readonly drops: number;
  /** Wake channels on which nothing comes, though locker and server believe in them. */
  readonly deafs: number;
  /** Master and replica change places, and no connection is closed. */
  readonly failovers: number;
  /** Servers that come up anew, with a part of what there was, or nothing. */
  readonly losses: number;
  /** All is gone, and the server goes on. */
  readonly flushes: number;
  /** The first server, which was replaced at a loss, is promoted again with all that it had. */
  readonly returns: number;
  /** The slot of all locks goes to the other master. Only in a cluster. */
  readonly moves: number;
  /** Replicas that take the place of the master with all that it has, while it goes on: once at most. */
  readonly promotions: number;
  /** Locks of which others are told, who may take part in them. */
  readonly shares: number;
  /** Locks that are taken by force from whoever has them. */
  readonly forces: number;
}

/** How large a world is: who is in it, and how often each thing may happen; by default never. */
export interface Shape extends Partial<Limits> {
  readonly name: string;
  readonly lockers: number;
  readonly locks: number;
  /** Acquisitions of each locker, one after the other or side by side. */
  readonly calls: number;
  /** What each locker asks for as one, in this order; then it asks for nothing else. */
  readonly sets?: readonly (readonly number[])[];
  readonly passes: number;
  /**
   * How each locker asks, if they are not all alike; undefined: exclusively. Of what it asks for as one,
   * the last lock is its own.
   */
  readonly modes?: readonly (Room | undefined)[];
  /** Who takes locks from whoever has them, by their places among the lockers. */
  readonly thieves?: readonly number[];
  /** What has happened when it begins. */
  readonly begin?: readonly Action[];
  /** What callbacks may do. */
  readonly react?: readonly Reaction[];
  /** For so long nothing is granted after a loss, in ms; undefined: there is no grace. */
  readonly grace?: number;
  /** All locks are in one slot of a cluster. */
  readonly cluster?: { readonly careless?: Carelessness };
  /** What is got wrong about a master that was replaced. */
  readonly former?: Trust;
  /** Locks are not renewed by themselves. */
  readonly lasting?: boolean;
  /** A request does not leave at once. */
  readonly queued?: boolean;
}

/** What may still happen, in all. */
export type Budget = { -readonly [K in keyof Limits]: number };

const NONE: Budget = {
  passes: 0,
  aborts: 0,
  renewals: 0,
  handOvers: 0,
  closes: 0,
  reactions: 0,
  crashes: 0,
  cuts: 0,
  reconnects: 0,
  unsents: 0,
  refusals: 0,
  breaks: 0,
  drops: 0,
  deafs: 0,
  failovers: 0,
  losses: 0,
  flushes: 0,
  returns: 0,
  moves: 0,
  promotions: 0,
  shares: 0,
  forces: 0,
};

export function budgetOf(shape: Shape): Budget {
  const budget = { ...NONE };
  for (const kind of Object.keys(NONE) as (keyof Budget)[]) budget[kind] = shape[kind] ?? 0;
  return budget;
}
