import { topologyTopic } from '../../diagnostics.js';
import type { ClusterNode } from './cluster-node.js';

interface Move {
  readonly from: ClusterNode | undefined;
  readonly to: ClusterNode | undefined;
  readonly slots: number[];
}

/** The slots that another master serves than before. */
export class Moves {
  readonly slots: number[] = [];
  readonly #byWay: Move[] = [];

  add(slot: number, from: ClusterNode | undefined, to: ClusterNode | undefined): void {
    this.slots.push(slot);
    if (!topologyTopic.heard) return;
    let move = this.#byWay.find((known) => known.from === from && known.to === to);
    if (move === undefined) {
      move = { from, to, slots: [] };
      this.#byWay.push(move);
    }
    move.slots.push(slot);
  }

  /** `address`: where the cluster was found. */
  publish(address: string): void {
    for (const { from, to, slots } of this.#byWay) {
      topologyTopic.publish({ address, from: from?.address, to: to?.address, slots });
    }
  }
}
