import { parseDuration } from '@holdfast/core';
import { UsageError } from './usage-error.js';

/** The milliseconds of a duration on the command line, where a number alone could mean anything. */
export function duration(option: string, text: string, least: number): number {
  if (/^\d+$/.test(text)) {
    throw new UsageError(`${option}: '${text}' has no unit; give one, as in 500ms, 30s or 5m.`);
  }
  return parseDuration(option, text, least);
}
