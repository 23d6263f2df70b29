import { hostOr, type NodeAddress, type NodeAddressMap, reachedAt } from './node-address.js';
import { SLOTS } from './slot.js';

/** Slots that follow one another, and who serves them. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
  readonly master: NodeAddress;
  readonly replicas: readonly NodeAddress[];
}

/**
 * Reads the reply to CLUSTER SLOTS, with nodes as they are reached. `asked`: the host that answered.
 *
 * @throws {TypeError} if it is none.
 */
export function parseSlotRanges(
  reply: unknown,
  asked: string,
  map: NodeAddressMap | undefined,
): SlotRange[] {
  if (!Array.isArray(reply)) throw new TypeError('The reply to CLUSTER SLOTS is no list.');
  return reply.map((range: unknown) => {
    const [first, last, ...nodes] = Array.isArray(range) ? (range as unknown[]) : [];
    const [master, ...replicas] = nodes.map((node) => reachedAt(parseNode(node, asked), map));
    if (!isSlot(first) || !isSlot(last) || master === undefined) {
      throw new TypeError('The reply to CLUSTER SLOTS has something that is no range of slots.');
    }
    return { first, last, master, replicas };
  });
}

function isSlot(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < SLOTS;
}

function parseNode(node: unknown, asked: string): NodeAddress {
  const [host, port] = Array.isArray(node) ? (node as unknown[]) : [];
  if (typeof port !== 'number') throw new TypeError('CLUSTER SLOTS names a node without a port.');
  return { host: hostOr(host, asked), port };
}
