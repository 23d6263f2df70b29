import { LEGEND, drawTimeline } from './timeline.js';
import type { Paint } from './paint.js';
import type { Recording } from './recording.js';
import { DESKS, TTL } from './scenario.js';
import { listHolds, listLocks, tellCrash, tellHandOffs, tellOrder, tellRenewal } from './story.js';

export interface Screen {
  readonly width: number;
  readonly paint: Paint;
}

/** Act one as it is shown. */
export function showContention(recording: Recording, { width, paint }: Screen): string[] {
  const legend = LEGEND.map(([style, glyph, text]) => `${paint(style, glyph)} ${text}`);
  return [
    paint('title', `ACT ONE: ${recording.cast.length} want the same lock`),
    '',
    ...drawTimeline(recording, {
      width,
      paint,
      block: (_, index) => ({ fill: '█', label: ` ${index + 1} ` }),
    }),
    '',
    ` ${legend.join('   ')}`,
    '',
    ...listHolds(recording).map((row, index) => (index === 0 ? paint('faint', row) : row)),
    '',
    ...sentences([
      ['No column has two solid blocks: never did two work at once.'],
      tellOrder(recording),
      tellHandOffs(recording),
      tellRenewal(recording, TTL),
      tellCrash(recording, TTL),
      [
        'The fencing token rises with every holder. A resource that remembers the',
        'highest one can refuse a holder that was stopped for too long and comes late.',
      ],
    ]),
  ];
}

/** Act two as it is shown. */
export function showVisits(recording: Recording, { width, paint }: Screen): string[] {
  return [
    paint('title', `ACT TWO: ${recording.cast.length} visit ${DESKS.length} locks, one at a time`),
    '',
    ...drawTimeline(recording, {
      width,
      paint,
      block: ({ lock }) => ({ fill: lock, label: '' }),
    }),
    '',
    paint('faint', ' who held each lock, one after the other, and the rise of its fencing token'),
    ...listLocks(recording),
    '',
    ...sentences([
      [
        'A letter stands for holding that lock. No letter stands twice in one column,',
        'and different letters stand side by side: locks do not wait for each other.',
      ],
    ]),
  ];
}

/** Each with a mark at its first line. */
function sentences(all: readonly (readonly string[])[]): string[] {
  return all.flatMap((lines) =>
    lines.map((line, index) => (index === 0 ? ` • ${line}` : `   ${line}`)),
  );
}
