import type { RedisServer } from '@holdfast/support';
import type { Observer } from '../../faults/observer.js';
import { ReplicatedPair } from '../../redis/replicated-pair.js';
import type { Network } from './network.js';
import type { Doors, Servers, Where } from './servers.js';

/** A master and its replica, of which nobody knows but those who change their places. */
export class Pair implements Servers {
  readonly ports: readonly number[];
  readonly surprises = 0;
  readonly #servers: ReplicatedPair;

  private constructor(servers: ReplicatedPair) {
    this.#servers = servers;
    this.ports = [servers.master.port];
  }

  static async open(args: readonly string[]): Promise<Pair> {
    return new Pair(await ReplicatedPair.open({ args }));
  }

  whereBy(doors: Doors): Where {
    return { url: `redis://127.0.0.1:${Object.values(doors)[0]}` };
  }

  get observers(): readonly Observer[] {
    return [this.#servers.observer];
  }

  lineOf(lock: string): string {
    return `holdfast:queue:lock:${lock}`;
  }

  isLasting(key: string): boolean {
    return key === 'holdfast:clock' || key.startsWith('holdfast:epoch:');
  }

  next(): RedisServer {
    return this.#servers.master;
  }

  /** Nobody's connection is closed. */
  async changePlaces(network: Network): Promise<void> {
    await this.#servers.changePlaces((port) => network.lead(port));
  }

  async failOver(network: Network, behind: number): Promise<void> {
    await this.#servers.failOver(behind, (port) => network.lead(port));
  }

  revive(server: RedisServer, args?: readonly string[]): Promise<void> {
    return server.start(args);
  }

  async settled(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#servers[Symbol.asyncDispose]();
  }
}
