import type { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import type { Failure } from '../../store/port.js';
import type { Catalogue, Showing, Span, View, Views } from '../../store/view.js';
import { notSent } from '../failures.js';
import { lookAt } from '../inspect/look-at.js';
import { type Answer, question } from '../inspect/question.js';
import { browse } from '../inspect/showing.js';
import type { ClusterNode } from './cluster-node.js';
import { slotOf } from './slot.js';
import { tagOf } from './tag.js';

/** What it takes to show what stands in a cluster. */
export interface ShowingWays {
  readonly address: string;
  readonly clock: Clock;
  readonly agenda: Agenda;
  nodes(): Iterable<ClusterNode>;
  ownerOf(slot: number): ClusterNode | undefined;
  /** A node has answered with an error: perhaps another one serves the slot. */
  refused(error: unknown): void;
}

/** What stands in a cluster, shown: each slot is looked at in one step, and one master browsed after the other. */
export class ClusterShowing implements Showing {
  readonly #ways: ShowingWays;

  constructor(ways: ShowingWays) {
    this.#ways = ways;
  }

  async look(keys: readonly string[], span: Span, silence: number): Promise<Views | Failure> {
    const slots = new Map<number, string[]>();
    for (const key of keys) {
      const slot = slotOf(key);
      slots.set(slot, [...(slots.get(slot) ?? []), key]);
    }
    const asked = await Promise.all(
      [...slots].map(([slot, some]) => this.#lookAt(slot, some, span, silence)),
    );
    const views: View[] = [];
    for (const one of asked) {
      if (one.kind !== 'answer') return one;
      views.push(...one.answer);
    }
    const places = new Map(keys.map((key, place) => [key, place]));
    const placeOf = ({ key }: View): number => places.get(key) ?? 0;
    return { kind: 'views', views: views.toSorted((one, other) => placeOf(one) - placeOf(other)) };
  }

  /** `next`: the address of a master, and what it calls its own place. */
  async browse(
    prefix: string,
    match: string,
    next: string | undefined,
    silence: number,
  ): Promise<Catalogue | Failure> {
    const [at, cursor] = next?.split(' ') ?? [];
    // In an order that stays as it is when masters come and go.
    const nodes = [...this.#ways.nodes()].toSorted((one, other) =>
      one.address < other.address ? -1 : 1,
    );
    const place = at === undefined ? 0 : nodes.findIndex(({ address }) => address >= at);
    const node = nodes[place];
    if (node === undefined) return { kind: 'catalogue', keys: [], next: undefined };
    if (node.pool.newest === undefined) node.pool.grow();
    const own = node.address === at && cursor !== '0' ? cursor : undefined;
    const { clock, agenda } = this.#ways;
    const { address, pool } = node;
    const asking = { address, pool, clock, agenda };
    const page = await browse(asking, prefix, match, own, silence);
    if (page.kind !== 'catalogue') return page;
    const following = nodes[place + 1];
    if (page.next !== undefined) return { ...page, next: `${node.address} ${page.next}` };
    return { ...page, next: following === undefined ? undefined : `${following.address} 0` };
  }

  async #lookAt(
    slot: number,
    keys: readonly string[],
    span: Span,
    silence: number,
  ): Promise<Answer<View[]> | Failure> {
    const { clock, agenda } = this.#ways;
    const owner = this.#ways.ownerOf(slot);
    if (owner === undefined) {
      return notSent(this.#ways.address, new Error(`no master serves slot ${slot}`));
    }
    const { address, pool } = owner;
    // It is asked again in a moment, when a connection stands.
    if (pool.newest === undefined) pool.grow();
    const asked = await question({ address, pool, clock, agenda }, silence, (connection) =>
      lookAt(connection, keys, span, { tag: tagOf(slot), node: connection.facts?.id ?? '' }),
    );
    if (asked.kind === 'refused') this.#ways.refused(asked.error);
    return asked;
  }
}
