import type { Spread } from '../measure/statistics.js';

/** Three significant digits, or all those before the point. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** The median, and between what all rounds were. */
export function spread({ median, min, max }: Spread, show: (value: number) => string): string {
  return `${show(median)} (${show(min)}-${show(max)})`;
}

/** So many of them, in words. */
export function callersOf(callers: number): string {
  return callers === 1 ? '1 caller' : `${count(callers)} callers`;
}
