import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseSingle } from '../../../packages/decorators/dist/key/naming.js';

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
  fc.constantFrom(':', '-', '.', '/', '::', 'and:', ':and', 'a-', '%:', '{{', '→', '𝒳', 'é', ' '),
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
  const { naming } = parseSingle(key, marked, LABEL);
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
  const plain = fc.string({ unit: fc.constantFrom(...chars('aZ09-_.~@+')), minLength: 1 });
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

/**
 * For good: processes with other releases of this package, of Node and of Unicode name the same
 * locks. The last ones are new in Unicode 15.1, 16 and 17, and one may be a letter some day.
 */
const NAMES: readonly [unknown, string][] = [
  ['azAZ09', 'azAZ09'],
  ['-_.~@+', '-_.~@+'],
  [
    '!"#$%&\'()*,/:;<=>?[\\]^`{|}',
    '%21%22%23%24%25%26%27%28%29%2A%2C%2F%3A%3B%3C%3D%3E%3F%5B%5C%5D%5E%60%7B%7C%7D',
  ],
  ['\0\t\n \x7F', '%00%09%0A%20%7F'],
  ['Kraków', 'Krak%C3%B3w'],
  ['Krako\u0301w', 'Krako%CC%81w'],
  ['東京', '%E6%9D%B1%E4%BA%AC'],
  ['٣', '%D9%A3'],
  ['\u017F\u212A', '%C5%BF%E2%84%AA'],
  ['𝒳', '%F0%9D%92%B3'],
  [-1.5e-7, '-1.5e-7'],
  [1e21, '1e+21'],
  [10n ** 21n, '1000000000000000000000'],
  [true, 'true'],
  ['\u{2EBF0}', '%F0%AE%AF%B0'],
  ['\u{1C89}', '%E1%B2%89'],
  ['\u{323B0}', '%F0%B2%8E%B0'],
  ['\u{E0FFF}', '%F3%A0%BF%BF'],
];

test('a name depends on nothing but its parts', () => {
  for (const [value, written] of NAMES) {
    assert.equal(namer('person:{0}', 1, 0)([value]), `person:${written}`);
  }
  assert.equal(namer('{0}-{1}', 2, 0)(['a-b', 'c']), 'a%2Db-c');
  assert.equal(namer('{0}\u{323B0}{1}', 2, 0)(['a', 'b']), 'a\u{323B0}b');
  assert.equal(namer('{0.\u{323B0}x}', 1, 0)([{ '\u{323B0}x': 7 }]), '7');
});

test('a part of a megabyte does not hold up the process', () => {
  const name = namer('{0}:{1}', 2, 0);
  /** Of a processor, in ms: how long it takes on a busy machine says nothing. */
  const timeOf = (text: string): number => {
    const before = process.cpuUsage();
    name([text, 1]);
    return process.cpuUsage(before).user / 1_000;
  };
  timeOf('é'.repeat(1_000));
  const time = Math.min(...[1, 2, 3].map(() => timeOf(':'.repeat(1_000_000))));
  assert.ok(time < 400, `${time} ms`);
});
