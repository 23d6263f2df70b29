import type { AbortSignalLike } from '../engine/claim/abort.js';
import type { AcquireOptions } from '../engine/claim/wait.js';
import type { ResolvedAcquireOptions } from './acquire-options.js';
import { type ModeOptions, resolveMode } from './mode.js';

/** What a request of Web Locks asks for, and how it hears of its way. */
export interface PlatformRequest {
  readonly mode: ModeOptions['mode'];
  /** Takes the lock from whoever has it. */
  readonly steals: boolean;
  readonly signal: AbortSignalLike | undefined;
  /** Told once, when the first answer is no grant. */
  readonly waits: () => void;
}

/** A request has no options for more than that: it waits without limit, and is renewed until it is done. */
export function requestTerms(
  { mode, steals, signal, waits }: PlatformRequest,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions & AcquireOptions {
  const room = resolveMode({ mode }, undefined);
  const limits = { waitTimeout: Infinity, maxWaiting: Infinity, holdAtLeast: 0, renew: true };
  return { ...defaults, ...limits, room, steals, signal, waits };
}
