import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coloured } from '../../../examples/dist/demo/paint.js';
import { record, type Recording, violations } from '../../../examples/dist/demo/recording.js';
import { drawTimeline } from '../../../examples/dist/demo/timeline.js';
import type { Moment } from '../../../examples/dist/demo/moments.js';

type Draft = Moment extends infer M ? (M extends Moment ? Omit<M, 'at'> : never) : never;

/** A moment by its millisecond. */
function at(time: number, moment: Draft): Moment {
  return { ...moment, at: BigInt(time) * 1_000_000n };
}

function turn(
  who: string,
  lock: string,
  asked: number,
  from: number,
  to: number,
): [Moment, Moment, Moment] {
  return [
    at(asked, { kind: 'asked', who, lock }),
    at(from, { kind: 'held', who, lock, fencingToken: from + 1 }),
    at(to, { kind: 'done', who, lock }),
  ];
}

/** 20 columns for the lanes beside the names. */
function draw(recording: Recording): string[] {
  return drawTimeline(recording, {
    width: 20 + 5,
    block: (_, index) => ({ fill: '█', label: String(index + 1) }),
  });
}

test('shows who waited and who held, a row for each, time from left to right', () => {
  const recording = record(
    ['anna', 'ben'],
    [...turn('anna', 'x', 0, 0, 1_000), ...turn('ben', 'x', 500, 1_000, 2_000)],
  );

  const [, , anna, ben] = drawTimeline(recording, {
    width: 26,
    block: (_, index) => ({ fill: '█', label: String(index + 1) }),
  });

  assert.equal(anna, ' anna ████1█████');
  assert.equal(ben, ' ben       ░░░░░████2█████');
});

test('says when things happened', () => {
  const recording = record(['ann'], turn('ann', 'x', 0, 0, 2_000));

  const [numbers, rule] = draw(recording);

  assert.equal(numbers, '     0 s       1 s');
  assert.equal(rule, '     ┬─────────┬─────────');
});

test('shows a crash, the lease that runs out, and how long the take-over took', () => {
  const recording = record(
    ['ann', 'bob'],
    [
      at(0, { kind: 'asked', who: 'ann', lock: 'x' }),
      at(0, { kind: 'held', who: 'ann', lock: 'x', fencingToken: 1 }),
      at(450, { kind: 'killed', who: 'ann' }),
      ...turn('bob', 'x', 100, 1_200, 2_000),
    ],
  );

  const [, , ann, bob, takeOver] = draw(recording);

  assert.equal(ann, ' ann █1██✖▒▒▒▒▒▒▒');
  assert.equal(bob, ' bob  ░░░░░░░░░░░███2████');
  assert.equal(takeOver, '         ╰───────╯ taken over after 0.75 s');
});

test('marks the renewals of a long hold', () => {
  const recording = record(
    ['ann'],
    [...turn('ann', 'x', 0, 0, 2_000), at(1_550, { kind: 'renewed', who: 'ann', lock: 'x' })],
  );

  assert.equal(draw(recording)[2], ' ann █████████1█████↻████');
});

test('shows a hold that is too short for a column', () => {
  const recording = record(
    ['ann'],
    [...turn('ann', 'x', 0, 0, 2_000), ...turn('ann', 'x', 9_930, 9_930, 9_940)],
  );

  assert.equal(draw(recording)[2], ' ann █1██               2');
});

test('lets no column hold twice, however the holds fall between columns', () => {
  const moments = Array.from({ length: 9 }, (_, place) => {
    const start = place * 337;
    return turn(place % 2 === 0 ? 'ann' : 'bob', 'x', start, start, start + 336);
  });
  const recording = record(['ann', 'bob'], moments.flat());

  const [, , ann = '', bob = ''] = draw(recording);

  for (let column = 5; column < 25; column += 1) {
    const busy = [ann[column], bob[column]].filter((glyph) => glyph !== undefined && glyph !== ' ');
    assert.ok(busy.length <= 1, `column ${column} of\n${ann}\n${bob}`);
  }
});

test('keeps within the width it is given', () => {
  const recording = record(['ann'], turn('ann', 'x', 0, 3_000, 12_345));

  for (const row of draw(recording)) assert.ok(row.length <= 25, row);
});

test('colours change nothing but the colours', () => {
  const recording = record(['ann'], turn('ann', 'x', 0, 500, 2_000));
  const look = { width: 25, block: () => ({ fill: '█', label: '1' }) };

  const painted = drawTimeline(recording, { ...look, paint: coloured });

  assert.notDeepEqual(painted, drawTimeline(recording, look));
  // oxlint-disable-next-line no-control-regex -- the escape codes are what is looked for
  const bare = painted.map((row) => row.replaceAll(/\u001B\[[\d;]*m/g, ''));
  assert.deepEqual(
    bare.map((row) => row.trimEnd()),
    drawTimeline(recording, look),
  );
});

test('puts moments in order that several processes told in any order', () => {
  const moments = [...turn('ann', 'x', 0, 10, 20), ...turn('bob', 'x', 5, 21, 30)];

  assert.deepEqual(record(['ann', 'bob'], moments.toReversed()), record(['ann', 'bob'], moments));
});

test('finds two holds of one lock that overlap', () => {
  const moments = [...turn('ann', 'x', 0, 0, 20), ...turn('bob', 'x', 0, 19, 30)];

  assert.deepEqual(violations(record(['ann', 'bob'], moments)), ['ann and bob held x at once']);
});

test('finds a fencing token that does not rise', () => {
  const [asked, , done] = turn('bob', 'x', 0, 20, 30);
  const held = at(20, { kind: 'held', who: 'bob', lock: 'x', fencingToken: 1 });
  const moments = [...turn('ann', 'x', 0, 0, 20), asked, held, done];

  assert.deepEqual(violations(record(['ann', 'bob'], moments)), [
    'the fencing token of x did not rise from ann to bob',
  ]);
});

test('lets different locks be held at once', () => {
  const moments = [...turn('ann', 'x', 0, 0, 20), ...turn('bob', 'y', 0, 1, 30)];

  assert.deepEqual(violations(record(['ann', 'bob'], moments)), []);
});
