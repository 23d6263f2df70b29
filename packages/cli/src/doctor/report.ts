import { type Colour, paint } from '../output/paint.js';
import { printable } from '../output/printable.js';
import type { Finding, Level } from './finding.js';
import { print } from '../output/print.js';

interface About {
  readonly address: string;
  readonly version: string | undefined;
}

const MARKS: Readonly<Record<Level, readonly [string, Colour]>> = {
  good: ['✔', 'green'],
  unknown: ['?', 'dim'],
  warning: ['!', 'yellow'],
  danger: ['✖', 'red'],
};

const WIDTH = 13;

export function report({ address, version }: About, findings: readonly Finding[]): void {
  print(paint('bold', printable(address)) + (version === undefined ? '' : `  ${version}`));
  for (const { check, level, what, advice } of findings) {
    const [mark, colour] = MARKS[level];
    print(`${paint(colour, mark)} ${check.padEnd(WIDTH)}${printable(what)}`);
    if (advice !== undefined) {
      print(paint('dim', `${' '.repeat(WIDTH + 2)}→ ${printable(advice)}`));
    }
  }
}

export function reportJson(about: About, findings: readonly Finding[]): void {
  print(JSON.stringify({ ...about, findings }, undefined, 2));
}
