import { type Paint, plain, type Style } from './paint.js';
import { type Hold, type Recording, takeOvers } from './recording.js';

export interface Look {
  /** In columns, with the names. */
  readonly width: number;
  readonly paint?: Paint;
  /** What the block of a hold is made of, and what is written on it. */
  readonly block: (hold: Hold, index: number) => { readonly fill: string; readonly label: string };
}

export const LEGEND: readonly (readonly [Style, string, string])[] = [
  ['wait', '░', 'waits'],
  ['hold', '█', 'holds and works'],
  ['faint', '↻', 'renewed'],
  ['dead', '✖', 'killed'],
  ['lease', '▒', 'its lease runs out'],
];

interface Cell {
  readonly glyph: string;
  readonly style: Style;
}

const EMPTY: Cell = { glyph: ' ', style: 'plain' };

/** One row for each actor, time from left to right: who waited, who held, who was killed. */
export function drawTimeline(recording: Recording, look: Look): string[] {
  const { width, paint = plain } = look;
  const gutter = Math.max(...recording.cast.map((who) => who.length)) + 2;
  const scale = new Scale(width - gutter, recording.length);
  const line = (title: string, content: string): string =>
    ` ${title}`.padEnd(gutter) + content.trimEnd();
  return [
    ...axis(scale).map((row) => paint('faint', line('', row))),
    ...recording.cast.map((who) => line(who, render(lane(who, recording, look, scale), paint))),
    ...takeOvers(recording).map(({ crashed, next, gap }) => {
      const text = `taken over after ${(gap / 1_000).toFixed(2)} s`;
      return paint('dead', line('', bracket(scale.cell(crashed.to), scale.cell(next.from), text)));
    }),
  ];
}

/** Columns and the time that each stands for. */
class Scale {
  readonly cells: number;
  readonly perCell: number;

  constructor(cells: number, length: number) {
    this.cells = Math.max(cells, 10);
    this.perCell = Math.max(length, 1) / this.cells;
  }

  cell(time: number): number {
    return Math.min(Math.floor(time / this.perCell), this.cells - 1);
  }

  /** The columns whose middle lies in the span: so two spans that do not overlap share none. */
  span(from: number, to: number): number[] {
    return Array.from({ length: this.cells }, (_, cell) => cell).filter((cell) => {
      const middle = (cell + 0.5) * this.perCell;
      return middle >= from && middle < to;
    });
  }
}

function lane(who: string, recording: Recording, { block }: Look, scale: Scale): Cell[] {
  const cells: Cell[] = Array.from({ length: scale.cells }, () => EMPTY);
  const put = (columns: readonly number[], cell: Cell): void => {
    for (const column of columns) cells[column] = cell;
  };
  for (const [index, hold] of recording.holds.entries()) {
    if (hold.who !== who) continue;
    const { fill, label } = block(hold, index);
    put(scale.span(hold.asked, hold.from), { glyph: '░', style: 'wait' });
    const columns = scale.span(hold.from, hold.to);
    // What is too short for a column is shown all the same.
    if (columns.length === 0) columns.push(scale.cell(hold.from));
    put(columns, { glyph: fill, style: 'hold' });
    for (const renewal of hold.renewals) {
      put([scale.cell(renewal)], { glyph: '↻', style: 'label' });
    }
    if (label.length <= columns.length) {
      const first = (columns[0] ?? 0) + Math.floor((columns.length - label.length) / 2);
      for (let place = 0; place < label.length; place += 1) {
        put([first + place], { glyph: label.charAt(place), style: 'label' });
      }
    }
    if (hold.killed) put([scale.cell(hold.to)], { glyph: '✖', style: 'dead' });
  }
  for (const { crashed, next } of takeOvers(recording)) {
    if (crashed.who !== who) continue;
    const after = scale.span(crashed.to, next.from);
    put(
      after.filter((column) => column !== scale.cell(crashed.to)),
      { glyph: '▒', style: 'lease' },
    );
  }
  return cells;
}

/** Paints neighbours of one style together, so that a row has few escape codes. */
function render(cells: readonly Cell[], paint: Paint): string {
  let row = '';
  for (let from = 0; from < cells.length;) {
    const { style } = cells[from] ?? EMPTY;
    let to = from;
    while (to < cells.length && cells[to]?.style === style) to += 1;
    const text = cells
      .slice(from, to)
      .map((cell) => cell.glyph)
      .join('');
    row += paint(style, text);
    from = to;
  }
  return row;
}

/** Seconds, at round distances that leave room for their numbers. */
function axis(scale: Scale): [numbers: string, rule: string] {
  const steps = [50, 100, 200, 500, 1_000, 2_000, 5_000];
  const step = steps.find((time) => time / scale.perCell >= 8) ?? 10_000;
  let numbers = '';
  let rule = '';
  for (let time = 0; time < scale.perCell * scale.cells; time += step) {
    const column = scale.cell(time);
    const number = `${time / 1_000} s`;
    rule = `${rule.padEnd(column, '─')}┬`;
    if (column + number.length <= scale.cells) numbers = numbers.padEnd(column) + number;
  }
  return [numbers, rule.padEnd(scale.cells, '─')];
}

/** A brace under the time from a crash to its take-over; its text stands where there is room. */
function bracket(from: number, to: number, text: string): string {
  const inside = to - from - 1;
  const caption = ` ${text} `;
  if (caption.length <= inside) {
    const before = Math.floor((inside - caption.length) / 2);
    const line = `${'─'.repeat(before)}${caption}`.padEnd(inside, '─');
    return `${' '.repeat(from)}╰${line}╯`;
  }
  const brace = `${' '.repeat(from)}╰${'─'.repeat(Math.max(inside, 0))}╯`;
  return from > caption.length ? `${caption.padStart(from)}${brace.slice(from)}` : brace + caption;
}
