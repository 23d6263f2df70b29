import { type Arbitrary, integer, string } from 'fast-check';

/** Any code unit, also half a surrogate pair. */
export const anyText: Arbitrary<string> = string({
  unit: integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});
