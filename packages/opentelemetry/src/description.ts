import type { Attributes } from '@opentelemetry/api';
import { ATTRIBUTE } from './names.js';

/** What is done, and with locks of what kind: the name of a span. */
export function titleOf(verb: string, group: Attributes): string {
  const word = group[ATTRIBUTE.group];
  return typeof word === 'string' ? `${verb} ${word}` : verb;
}

/** What a span says of its locks when it begins. */
export function describe(
  lockNames: readonly string[],
  group: Attributes,
  mayName: boolean,
): Attributes {
  return {
    ...group,
    [ATTRIBUTE.count]: lockNames.length,
    ...(mayName ? { [ATTRIBUTE.lockNames]: [...lockNames] } : {}),
  };
}
