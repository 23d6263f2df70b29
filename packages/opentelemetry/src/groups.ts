import type { TracingMessages } from '@holdfast/core';
import { type Attributes, diag } from '@opentelemetry/api';
import type { HoldfastInstrumentationConfig } from './config.js';
import { ATTRIBUTE } from './names.js';

type Grouping = HoldfastInstrumentationConfig['group'];
type Grouped = Pick<TracingMessages['holdfast:acquire'], 'lockNames' | 'group'>;

/** The group of a call, as attributes: its own, or what the option makes of the names of its locks. */
export function groupOf({ lockNames, group }: Grouped, grouping: Grouping): Attributes {
  if (group !== undefined) return { [ATTRIBUTE.group]: group };
  if (grouping === undefined) return {};
  const groups = new Set<string>();
  for (const name of lockNames) {
    const made = groupOfName(name, grouping);
    if (made !== undefined) groups.add(made);
  }
  // Several as one, in whichever order they were named.
  return groups.size === 0 ? {} : { [ATTRIBUTE.group]: [...groups].toSorted().join(',') };
}

/** What fails here must not fail the call that is told of. */
function groupOfName(name: string, grouping: NonNullable<Grouping>): string | undefined {
  try {
    const group: unknown = grouping(name);
    if (group === undefined || typeof group === 'string') return group;
    diag.error(`@holdfast/opentelemetry: the option group gave no string for a lock name.`);
  } catch (error) {
    diag.error('@holdfast/opentelemetry: the option group failed.', error);
  }
  return undefined;
}
