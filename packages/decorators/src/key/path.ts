/** Where a part of a lock name comes from: an argument or `this`, and properties from there. */
export interface Path {
  readonly root: number | 'this';
  readonly properties: readonly string[];
}

/**
 * A name as it is written after a dot, or an index. Whatever is beyond ASCII and its spaces may be a
 * letter: only an edition of Unicode would know, and a key that one runtime accepts and another
 * refuses helps nobody.
 */
const PROPERTY =
  /^(?:[A-Za-z$_\u{a1}-\u{d7ff}\u{e000}-\u{10ffff}][\w$\u{a1}-\u{d7ff}\u{e000}-\u{10ffff}]*|\d+)$/u;

/** `0`, `0.id`, `this.region`, `1.customer.id`; undefined if the text is not of this form. */
export function parsePath(text: string): Path | undefined {
  const [root = '', ...names] = text.split('.');
  const properties = parseProperties(names);
  if (properties === undefined) return undefined;
  // `this` alone is an object, and so never a part.
  if (root === 'this') return properties.length > 0 ? { root, properties } : undefined;
  return /^(?:0|[1-9]\d?)$/.test(root) ? { root: Number(root), properties } : undefined;
}

/** The names of `customer.id`; undefined if one of them cannot be a property. */
export function parseProperties(names: readonly string[]): readonly string[] | undefined {
  return names.every((name) => PROPERTY.test(name)) ? names : undefined;
}

/** The value at the path; undefined where there is none. */
export function valueAt(
  { root, properties }: Path,
  self: unknown,
  args: readonly unknown[],
): unknown {
  let value = root === 'this' ? self : args[root];
  for (const property of properties) {
    if (value === undefined || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[property];
  }
  return value;
}

export function textOfPath({ root, properties }: Path): string {
  return `{${[root, ...properties].join('.')}}`;
}
