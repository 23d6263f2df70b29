import { UsageError } from './usage-error.js';

/** A whole number from 0 on the command line. */
export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new UsageError(`${option}: '${text}' is not a whole number.`);
}
