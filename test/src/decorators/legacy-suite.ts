import type * as suite from './suite/suite.js';

/**
 * What test/legacy compiles under `experimentalDecorators`. Imported by its place: a compiler that
 * sees both builds of the same sources takes one for the other.
 */
const compiled = new URL('../../legacy/', import.meta.url);

/** The suite of this folder in the other dialect. */
export async function legacySuite(): Promise<typeof suite> {
  const { href } = new URL('dist/src/decorators/suite/suite.js', compiled);
  return (await import(href)) as typeof suite;
}

/** Declares the tests that there are in that dialect alone. */
export async function legacyTests(path: string): Promise<void> {
  await import(new URL(path, compiled).href);
}
