import { seededRandom } from '../engine/seeded-random.js';

/** A source of its own for each of many who share a seed. */
export function randomOf(seed: number, ...path: readonly number[]): () => number {
  let state = seed | 0;
  for (const step of path) state = (Math.imul(state ^ (step + 1), 0x9e3779b1) ^ (state >>> 15)) | 0;
  return seededRandom(state);
}

/** One of the keys, as often as its weight says. */
export function pick<K extends string>(
  random: () => number,
  weights: Readonly<Record<K, number>>,
): K {
  const entries = Object.entries(weights) as [K, number][];
  let rest = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    rest -= weight;
    if (rest < 0) return key;
  }
  return (entries.at(-1) as [K, number])[0];
}

/** Cards that are dealt until none is left, and then shuffled again: none is missed for long. */
export class Deck<T> {
  readonly #cards: readonly T[];
  readonly #random: () => number;
  #left: T[] = [];

  constructor(cards: readonly T[], random: () => number) {
    this.#cards = cards;
    this.#random = random;
  }

  deal(): T {
    if (this.#left.length === 0) this.#left = [...this.#cards];
    const [card] = this.#left.splice(Math.floor(this.#random() * this.#left.length), 1);
    return card as T;
  }
}
