import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseKey } from '../../../packages/decorators/dist/key/naming.js';

const LABEL = { className: 'Service', methodName: 'work' };

function chars(text: string): string[] {
  return Array.from(text);
}

/** What a user or an attacker might put into a part: much of what means something to us. */
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom(...chars('a1:%-./{}_ é2F3A→𝒳')), minLength: 1, maxLength: 6 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
);

const separator = fc.oneof(
  fc.constantFrom(':', '-', '.', '/', '::', 'and:', ':and', 'a-', '%:', '{{', '→', '𝒳→', ' '),
  fc
    .string({ unit: fc.constantFrom(...chars(':-.~@+_a1% ')), maxLength: 3 })
    .map((text) => `${text}|`),
);

/** A template with two to four parts, and with one in three cases parts from marked parameters. */
const template = fc
  .tuple(fc.array(separator, { minLength: 1, maxLength: 3 }), fc.nat({ max: 2 }))
  .map(([separators, marks]) => {
    const texts = separators.map((text, index) => `${text}{${index + 1}}`);
    const count = separators.length + 1 + marks;
    return { key: `key {0}${texts.join('')} end`, marks, count };
  });

function namer(key: string, count: number, marks: number): (parts: readonly unknown[]) => string {
  const marked = Array.from({ length: marks }, (_, index) => ({
    kind: 'path' as const,
    index: count - marks + index,
    properties: [],
  }));
  const { naming } = parseKey(key, marked, LABEL);
  return (parts) => naming(undefined, parts);
}

test('different parts never give the same name, whatever the template', () => {
  const property = fc.property(
    template.chain(({ key, count, marks }) => {
      const parts = fc.array(part, { minLength: count, maxLength: count });
      return fc.tuple(fc.constant({ key, count, marks }), parts, parts);
    }),
    ([{ key, count, marks }, one, other]) => {
      const name = namer(key, count, marks);
      const same = one.every((value, index) => String(value) === String(other[index]));
      assert.equal(name(one) === name(other), same, key);
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});

test('a part that looks like the name of another part is not taken for it', () => {
  const text = fc.string({ unit: fc.constantFrom(...chars('a:% é')), minLength: 1, maxLength: 3 });
  const property = fc.property(text, separator, (original, between) => {
    const name = namer(`{0}${between}{1}`, 2, 0);
    const [escaped = ''] = namer(`{0}|{1}`, 2, 0)([original, 1]).split('|');
    assert.equal(name([original, 1]) === name([escaped, 1]), original === escaped);
  });
  fc.assert(property, { numRuns: 500 });
});

test('moving characters from one part to the next gives another name', () => {
  const property = fc.property(
    separator,
    fc.string({ unit: fc.constantFrom(...chars('a:%-3A|é→')), minLength: 3, maxLength: 12 }),
    fc.nat(),
    fc.nat(),
    (between, text, one, other) => {
      // The text with a separator somewhere inside, cut in two at two places.
      const name = namer(`{0}${between}{1}`, 2, 0);
      const plain = between.replaceAll('{{', '{');
      const whole = chars(text + plain + text);
      const cut = (at: number): [string, string] => [
        whole.slice(0, at).join(''),
        whole.slice(at).join(''),
      ];
      const places = [one, other].map((at) => 1 + (at % (whole.length - 1)));
      const [first = 1, second = 1] = places;
      assert.equal(name(cut(first)) === name(cut(second)), first === second);
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});

test('a part of plain characters stands for itself', () => {
  const plain = fc.string({ unit: fc.constantFrom(...chars('aZ09-_.~@+éß東京')), minLength: 1 });
  fc.assert(fc.property(plain, (text) => assert.equal(namer('k:{0}', 1, 0)([text]), `k:${text}`)));
});

test('a name is a name: never empty, never half a surrogate pair', () => {
  const any = fc.anything();
  const property = fc.property(any, (value) => {
    try {
      const name = namer('{0}', 1, 0)([value]);
      assert.ok(name !== '' && name.isWellFormed());
      assert.ok(['string', 'number', 'bigint', 'boolean'].includes(typeof value));
    } catch (error) {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, /^@Locked on Service\.work: the part \{0\} of the key /);
    }
  });
  fc.assert(property);
});
