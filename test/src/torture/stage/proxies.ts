/** Hosts the proxies of some workers, in a process of its own. */
import { type Direction, serveWorker, startProxy, type TcpProxy } from '@holdfast/support';
import { watchLag } from '../worker/lag.js';
import type { Doors } from './servers.js';

export type ProxyCommands = {
  /**
   * Starts a proxy before each of these ports, all for one place; returns theirs. The number of the place
   * is that of the call, from 0.
   */
  open(ports: readonly number[]): Promise<Doors>;
  cut(place: number): Promise<void>;
  hang(place: number, direction?: Direction): Promise<void>;
  refuse(place: number): Promise<void>;
  delay(place: number, time: number): Promise<void>;
  lead(place: number, port: number): Promise<void>;
  heal(place: number): Promise<void>;
};

export type ProxyEvents = { readonly lagged: { readonly from: number; readonly to: number } };

/** By place. */
const proxies: (readonly TcpProxy[])[] = [];

async function each(place: number, act: (proxy: TcpProxy) => unknown): Promise<void> {
  await Promise.all((proxies[place] ?? []).map(act));
}

const parent = serveWorker<ProxyEvents>({
  async open(ports) {
    const opened = await Promise.all(ports.map((port) => startProxy({ port })));
    proxies.push(opened);
    const doors: Record<number, number> = {};
    for (const [index, port] of ports.entries()) doors[port] = (opened[index] as TcpProxy).port;
    return doors;
  },
  cut: (place) => each(place, (proxy) => proxy.cut()),
  hang: (place, direction) => each(place, (proxy) => proxy.hang(direction)),
  refuse: (place) => each(place, (proxy) => proxy.refuse()),
  delay: (place, time) => each(place, (proxy) => proxy.delay(time)),
  lead: (place, port) => each(place, (proxy) => proxy.lead(port)),
  heal: (place) => each(place, (proxy) => proxy.heal()),
} satisfies ProxyCommands);

watchLag((from, to) => parent.emit('lagged', { from, to }));
