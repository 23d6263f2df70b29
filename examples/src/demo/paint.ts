import type { WriteStream } from 'node:tty';

/** What a stretch of a drawing means; colours are chosen from this, and from nothing else. */
export type Style = 'plain' | 'title' | 'faint' | 'wait' | 'hold' | 'label' | 'dead' | 'lease';

export type Paint = (style: Style, text: string) => string;

/** For logs and pipes: every shape differs from every other without colours, too. */
export const plain: Paint = (_style, text) => text;

const CODES: Record<Style, string> = {
  plain: '',
  title: '1',
  faint: '2',
  wait: '33',
  hold: '32',
  label: '30;42',
  dead: '1;31',
  lease: '31',
};

export const coloured: Paint = (style, text) => {
  const code = CODES[style];
  return code === '' || text === '' ? text : `\u001B[${code}m${text}\u001B[0m`;
};

/** Colours on a terminal, unless its user wants none: https://no-color.org */
export function paintFor({ isTTY }: Pick<WriteStream, 'isTTY'>): Paint {
  const { NO_COLOR, TERM } = process.env;
  const unwanted = (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb';
  return isTTY && !unwanted ? coloured : plain;
}
