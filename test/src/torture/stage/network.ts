import { startWorker, type WorkerProcess } from '@holdfast/support';
import type { Disturbance } from '../history/disturbance.js';
import type { ProxyCommands, ProxyEvents } from './proxies.js';
import type { Doors } from './servers.js';

/** Processes that share the proxies among them: one event loop would be a bottleneck. */
const HOSTS = 2;

/** Every third place is so far from the server, in ms: there it matters from when a lease counts. */
const FAR = 15;
const EVERY = 3;

type Host = WorkerProcess<ProxyCommands, ProxyEvents>;

/** Proxies of its own for each place in the crew, one before each server. */
export class Network implements AsyncDisposable {
  /** By slot: where the servers are for it. */
  readonly doors: readonly Doors[];
  readonly #hosts: readonly Host[];
  /** When a host was too busy to forward. */
  readonly #lags: Disturbance[] = [];

  private constructor(hosts: readonly Host[], doors: readonly Doors[]) {
    this.#hosts = hosts;
    this.doors = doors;
    for (const [index, host] of hosts.entries()) void this.#listen(index, host);
  }

  static async open(ports: readonly number[], slots: number): Promise<Network> {
    const module = new URL('./proxies.js', import.meta.url);
    const starting = Array.from({ length: HOSTS }, () =>
      startWorker<ProxyCommands, ProxyEvents>(module),
    );
    const hosts = await Promise.all(starting);
    const doors: Doors[] = [];
    for (let slot = 0; slot < slots; slot += 1) {
      doors.push(await (hosts[slot % HOSTS] as Host).request('open', ports));
    }
    const network = new Network(hosts, doors);
    for (let slot = 0; slot < slots; slot += 1) await network.heal(slot);
    return network;
  }

  get lags(): readonly Disturbance[] {
    return this.#lags;
  }

  /** Ends every fault. Distance stays. */
  async heal(slot: number): Promise<void> {
    await this.to(slot, 'heal');
    if (slot % EVERY === EVERY - 1) await this.to(slot, 'delay', FAR);
  }

  /** From now on new connections lead to this port. */
  async lead(port: number): Promise<void> {
    await Promise.all(this.doors.map((_, slot) => this.to(slot, 'lead', port)));
  }

  /** Does something to the proxies of a slot. */
  async to<N extends Exclude<keyof ProxyCommands, 'open'>>(
    slot: number,
    name: N,
    ...rest: Parameters<ProxyCommands[N]> extends [number, ...infer Rest] ? Rest : never
  ): Promise<void> {
    const host = this.#hosts[slot % HOSTS] as Host;
    const input = [Math.floor(slot / HOSTS), ...rest] as unknown as Parameters<ProxyCommands[N]>;
    await host.request(name, ...input);
  }

  async #listen(index: number, host: Host): Promise<void> {
    for (;;) {
      const lag = await host.event('lagged').catch(() => undefined);
      if (lag === undefined) return;
      for (let slot = index; slot < this.doors.length; slot += HOSTS) {
        this.#lags.push({ kind: 'busy proxy', effect: 'apart', slot, ...lag });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host[Symbol.asyncDispose]()));
  }
}
