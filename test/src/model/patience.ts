import { FALLBACK_INTERVAL } from '../../../packages/core/dist/store/protocol.js';
import { TTL } from './party.js';
import type { World } from './world.js';

/**
 * How long an ending may take, in ms. Where nothing went wrong, nobody needs the clock: locks are
 * handed over. What was lost or refused on the way, and wake channels that break, cost a pause before
 * the next try, but no lease. A wake channel that is deaf costs the time until somebody polls. What a
 * crash, a request without an answer, or a lock that was handed over to nobody leaves behind may have
 * to run out. After a loss of data a grace has to pass, and nothing else: no lease of what was served once
 * more. A second one can bring back what was given back after the first.
 */
export function patience(world: World): number {
  const { now, letters, shape } = world;
  const losses = count(world, ['losses', 'flushes', 'returns']);
  // Each of them takes a moment.
  if (now > losses || losses > 1 || letters.length > 0) return Infinity;
  if (happened(world, ['crashes', 'cuts', 'promotions'])) return Infinity;
  if (happened(world, ['drops', 'deafs', 'failovers'])) {
    // When the oldest waiter of a process polls too late, the others have to wait for theirs.
    return (shape.calls > 1 ? FALLBACK_INTERVAL : 0) + TTL + 2;
  }
  if (losses === 1) return (shape.grace ?? 0) + TTL / 2;
  return happened(world, ['breaks', 'unsents', 'refusals', 'moves']) ? TTL - 1 : 0;
}

function count({ left, shape }: World, kinds: readonly (keyof World['left'])[]): number {
  return kinds.reduce((sum, kind) => sum + (shape[kind] ?? 0) - left[kind], 0);
}

function happened({ left, shape }: World, kinds: readonly (keyof World['left'])[]): boolean {
  return kinds.some((kind) => left[kind] !== (shape[kind] ?? 0));
}
