import type { KeyRequest, LockedKey, SingleKey } from '../options.js';
import type { ParameterPart } from './lock-key.js';
import { textOfPath } from './path.js';

/**
 * What all calls of a method have in common: its key as it was written, with the parts that are marked on
 * the parameters; of a list, all of them. Undefined: a function makes the names.
 */
export function groupOf(key: LockedKey, marked: readonly ParameterPart[]): string | undefined {
  const members: readonly (SingleKey | KeyRequest)[] = typeof key === 'object' ? key : [key];
  const keys = members.map((member) => (typeof member === 'object' ? member.key : member));
  if (!keys.every((one) => typeof one === 'string')) return undefined;
  const parts = marked.map((part) => {
    return textOfPath({
      root: part.index,
      properties: part.kind === 'path' ? part.properties : [],
    });
  });
  return [keys.join(','), ...parts].join(':');
}
