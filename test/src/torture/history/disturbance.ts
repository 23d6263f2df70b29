/**
 * What a fault does to whom it hits. `still`: the process does not run. `apart`: it runs, and cannot
 * be sure of its connections. `harmless`: the promises hold as if it had not been.
 */
export type Effect = 'still' | 'apart' | 'harmless';

export interface Disturbance {
  readonly kind: string;
  readonly effect: Effect;
  /** Of one place in the crew, or of everybody. */
  readonly slot: number | 'all';
  readonly from: number;
  readonly to: number;
}

/** After a fault, until connections stand again and everybody has asked again; in ms. */
const RECOVERY = 3_000;

/** Answers what stood in somebody's way, and when. */
export class Disturbances {
  readonly #common: readonly Disturbance[];
  readonly #bySlot = new Map<number, Disturbance[]>();

  constructor(all: readonly Disturbance[]) {
    this.#common = all.filter(({ slot }) => slot === 'all');
    for (const disturbance of all) {
      const { slot } = disturbance;
      if (slot === 'all') continue;
      const own = this.#bySlot.get(slot);
      if (own === undefined) this.#bySlot.set(slot, [disturbance]);
      else own.push(disturbance);
    }
  }

  /** What touched one of these slots in this time, its aftermath included. */
  *touching(
    slots: Iterable<number>,
    from: number,
    to: number,
    aftermath: number = RECOVERY,
  ): Iterable<Disturbance> {
    const touches = (disturbance: Disturbance): boolean =>
      disturbance.effect !== 'harmless' &&
      disturbance.from <= to &&
      disturbance.to + aftermath >= from;
    for (const disturbance of this.#common) if (touches(disturbance)) yield disturbance;
    for (const slot of slots) {
      for (const disturbance of this.#bySlot.get(slot) ?? []) {
        if (touches(disturbance)) yield disturbance;
      }
    }
  }

  /** Whether nothing touched it. */
  calm(slot: number, from: number, to: number): boolean {
    for (const _ of this.touching([slot], from, to)) return false;
    return true;
  }

  /** For how much of this time the process stood still, in ms. */
  stillness(slot: number, from: number, to: number): number {
    const still = [...this.touching([slot], from, to, 0)].filter(
      (disturbance) => disturbance.effect === 'still' && disturbance.slot === slot,
    );
    return total(still, from, to);
  }
}

/** How much of a time spans cover together, in ms. */
export function total(
  spans: readonly { readonly from: number; readonly to: number }[],
  from: number,
  to: number,
): number {
  let sum = 0;
  let covered = from;
  for (const span of spans.toSorted((one, other) => one.from - other.from)) {
    const begin = Math.max(span.from, covered);
    const end = Math.min(span.to, to);
    if (end > begin) sum += end - begin;
    covered = Math.max(covered, end);
  }
  return sum;
}
