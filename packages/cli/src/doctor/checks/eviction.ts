import type { Facts } from '../facts.js';
import { type Finding, findingsOf } from '../finding.js';

const { good, danger } = findingsOf('eviction');

/** Every lock has an expiry, so every policy but `noeviction` may take it. */
export function checkEviction(facts: Facts): Finding[] {
  const policy = facts.text('maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') return [good('nothing is evicted: the policy is noeviction')];
  if (facts.number('maxmemory') === 0) {
    return [good(`nothing is evicted: there is no maxmemory (the policy would be ${policy})`)];
  }
  const evicted = facts.number('evicted_keys');
  const past = evicted === 0 ? '' : `; ${evicted} keys were, since the server started`;
  return [
    danger(
      `when memory is full, locks are evicted: the policy is ${policy}${past}`,
      'CONFIG SET maxmemory-policy noeviction, or a server for locks alone.',
    ),
  ];
}
