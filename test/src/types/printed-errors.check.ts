import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Compiler, COMPILERS, Written } from './compilers.js';
import { MISTAKES, moduleOf } from './mistakes.js';

/** After it comes the type that the decorator should have, which is another in each dialect. */
const REASON =
  /^error TS1270: Decorator function return type '(.+)' is not assignable to type 'void \| /;

let written: Written;
before(async () => {
  written = await Written.write(moduleOf(MISTAKES));
});
after(() => written?.[Symbol.asyncDispose]());

for (const compiler of Object.keys(COMPILERS) as Compiler[]) {
  test(`TypeScript ${compiler} says what is wrong, in both dialects`, async () => {
    const { of, elsewhere } = await written.errors(compiler);
    for (const dialect of ['standard', 'legacy'] as const) {
      const said = MISTAKES.map(({ code }, index) => {
        const lines = of[dialect].get(index + 2) ?? [];
        return [code, lines.map((line) => REASON.exec(line)?.[1] ?? line)];
      });
      const expected = MISTAKES.map(({ code, says, saysLegacy = says }) => {
        return [code, dialect === 'legacy' ? saysLegacy : says];
      });
      assert.deepEqual(Object.fromEntries(said), Object.fromEntries(expected), dialect);
      assert.equal(of[dialect].size, MISTAKES.length);
    }
    assert.deepEqual(elsewhere, []);
  });
}
