import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseDuration } from '@holdfast/core';
import { assert as check, constantFrom, integer, property, tuple } from 'fast-check';
import { runs } from './runs.js';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const LONGEST = 2 ** 31 - 1;

/** `1.001`, `0.017`: in decimals, as somebody writes it. */
function decimals(thousandths: number): string {
  const digits = String(thousandths).padStart(4, '0');
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

suite('durations with a fraction', () => {
  test('that are whole milliseconds are these milliseconds', () => {
    assert.equal(parseDuration('ttl', '1.001s', 0), 1_001);
    assert.equal(parseDuration('ttl', '0.017m', 0), 1_020);
    assert.equal(parseDuration('ttl', '1.1 s', 0), 1_100);
    assert.equal(parseDuration('ttl', '0.0005m', 0), 30);
    assert.equal(parseDuration('ttl', '5.0ms', 0), 5);
  });

  test('in thousandths of a unit are exact', () => {
    const unit = constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[]));
    const cases = unit.chain((one) =>
      tuple(constantFrom(one), integer({ min: 1, max: Math.floor(LONGEST / UNITS[one]) * 1_000 })),
    );
    check(
      property(cases, ([one, thousandths]) => {
        const text = `${decimals(thousandths)}${one}`;
        const exact = (thousandths * UNITS[one]) / 1_000;
        assert.equal(parseDuration('ttl', text, 0), exact, text);
      }),
      runs(2_000),
    );
  });

  test('that are no whole milliseconds are refused', () => {
    for (const text of ['1.0005s', '0.5ms', '0.00001m']) {
      assert.throws(() => parseDuration('ttl', text, 0), RangeError, text);
    }
  });
});
