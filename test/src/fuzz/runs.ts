/**
 * How often each property is tried. `HOLDFAST_FUZZ_FACTOR=20` makes twenty times as many tries,
 * `HOLDFAST_FUZZ_SEED` others.
 */
const factor = Number(process.env['HOLDFAST_FUZZ_FACTOR'] ?? 1);
const seed = Number(process.env['HOLDFAST_FUZZ_SEED'] ?? 20_261_123);

export function runs(count: number): { readonly seed: number; readonly numRuns: number } {
  return { seed, numRuns: Math.ceil(count * factor) };
}
