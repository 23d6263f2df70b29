import type { LockerOptions } from '@holdfast/core';
import type { RedisServer } from '@holdfast/support';
import type { Observer } from '../../faults/observer.js';
import type { Network } from './network.js';

/** Where locks are: at one server, which has a replica, in a cluster, or where sentinels say. */
export type Topology = 'single' | 'cluster' | 'sentinel';

export const TOPOLOGIES: readonly Topology[] = ['single', 'cluster', 'sentinel'];

/** What a locker is told of it. */
export type Where = Pick<LockerOptions, 'url' | 'cluster' | 'sentinel'>;

/** By which port one place in the crew reaches each server, by the server's own. */
export type Doors = Readonly<Record<number, number>>;

export interface ServersTerms {
  readonly seed: number;
  /** Whether replicas may take over with what they have. */
  readonly losesData: boolean;
  /** Further options of each redis-server. */
  readonly args: readonly string[];
  /** Where logs of servers go that have no say in what is judged, and may explain it. */
  readonly folder: string;
}

/** The servers that have the locks, and what can be done to them. */
export interface Servers extends AsyncDisposable {
  /** Of all that a locker may have to reach. */
  readonly ports: readonly number[];
  whereBy(doors: Doors): Where;
  /** Past every proxy, at each server that serves. */
  readonly observers: readonly Observer[];
  /** The key of the line of a lock. */
  lineOf(lock: string): string;
  /** Whether a key stays as long as there are lockers. */
  isLasting(key: string): boolean;
  /** One of those that serve; where there are several, another one each time. */
  next(): RedisServer;
  /** Starts one again that is gone, as the master that it was. */
  revive(server: RedisServer, args?: readonly string[]): Promise<void>;
  /** A replica becomes the master, as planned: no write is lost. */
  changePlaces(network: Network): Promise<void>;
  /** How often a master was replaced of itself, where none should be: what it had written last may be lost. */
  readonly surprises: number;
  /** Resolves when all serve again as they should, and what has to be copied is. */
  settled(): Promise<void>;
  /** The master dies, and a replica takes its place that for so long has been without what it wrote, in ms. */
  failOver?(network: Network, behind: number): Promise<void>;
  /** Resolves when another one serves in place of this one, which is stopped or gone. */
  replaced?(server: RedisServer): Promise<void>;
  /** A replica becomes the master, with or without what was written last. */
  takeOver?(): Promise<void>;
  /** The slots of some locks go to another master, and rest on the way for so long, in ms. */
  moveSlots?(count: number, time: number): Promise<void>;
}
