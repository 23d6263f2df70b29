/** How `console.log` and `util.inspect` ask an object what it shows. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** What `util.inspect` hands to whom it asks. */
export type Inspect = (value: unknown, options: object) => string;

/** A class name with what it shows, as `util.inspect` would write it. */
export function inspected(name: string, depth: number, shown: () => string): string {
  return depth < 0 ? `[${name}]` : `${name} ${shown()}`;
}
