/** Hosts the proxies of some workers, in a process of its own. */
import { type Direction, serveWorker, startProxy, type TcpProxy } from '@holdfast/support';
import { watchLag } from '../worker/lag.js';

export type ProxyCommands = {
  /** Starts a proxy before this port; returns its URL. Its number is that of the call, from 0. */
  open(port: number): Promise<string>;
  cut(proxy: number): Promise<void>;
  hang(proxy: number, direction?: Direction): Promise<void>;
  refuse(proxy: number): Promise<void>;
  delay(proxy: number, time: number): Promise<void>;
  lead(proxy: number, port: number): Promise<void>;
  heal(proxy: number): Promise<void>;
};

export type ProxyEvents = { readonly lagged: { readonly from: number; readonly to: number } };

const proxies: TcpProxy[] = [];

function proxyAt(index: number): TcpProxy {
  const proxy = proxies[index];
  if (proxy === undefined) throw new Error(`There is no proxy ${index}.`);
  return proxy;
}

const parent = serveWorker<ProxyEvents>({
  async open(port) {
    const proxy = await startProxy({ port });
    proxies.push(proxy);
    return proxy.url;
  },
  cut: async (index) => proxyAt(index).cut(),
  hang: async (index, direction) => proxyAt(index).hang(direction),
  refuse: async (index) => proxyAt(index).refuse(),
  delay: async (index, time) => proxyAt(index).delay(time),
  lead: async (index, port) => proxyAt(index).lead(port),
  heal: async (index) => proxyAt(index).heal(),
} satisfies ProxyCommands);

watchLag((from, to) => parent.emit('lagged', { from, to }));
