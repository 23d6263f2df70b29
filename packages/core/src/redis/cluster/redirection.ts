import { type NodeAddress, parseAddress } from './node-address.js';

/** What a node answers about a slot that it does not serve, or will not serve for long. */
export interface Redirection {
  /** `moved`: another serves it. `ask`: this key may be at another already. */
  readonly kind: 'moved' | 'ask';
  readonly slot: number;
  readonly address: NodeAddress;
}

/** `asked`: the host that answered; a node that does not know its own name leaves it out. */
export function redirectionOf(message: string, asked: string): Redirection | undefined {
  const [, kind, slot, address] = /^(MOVED|ASK) (\d+) (\S*:\d+)/.exec(message) ?? [];
  if (kind === undefined || address === undefined) return undefined;
  return {
    kind: kind === 'MOVED' ? 'moved' : 'ask',
    slot: Number(slot),
    address: parseAddress(address, asked),
  };
}
