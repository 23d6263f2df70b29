/** `first`: the caller's own; `poll`: the line's fallback; `resend`: pushes may have been missed. */
export type Occasion = 'first' | 'poll' | 'resend' | 'confirm';

/**
 * Where a claim is on its way.
 *
 * - `gathering`: it must not ask yet, see `Muster`.
 * - `asking`: a request is under way, and why.
 * - `pausing`: before it asks again.
 * - `in line`: it has its place at the server. A push, a poll or a reconnect goes on with it.
 * - `leaving`: over, but a request is still under way.
 * - `over`: the claimant was told, or does not want to know any more.
 */
export type Phase =
  | { readonly kind: 'gathering' }
  | { readonly kind: 'asking'; readonly occasion: Occasion }
  | { readonly kind: 'pausing'; readonly occasion: Occasion }
  | { readonly kind: 'in line' }
  | { readonly kind: 'leaving' }
  | { readonly kind: 'over' };

export const GATHERING: Phase = { kind: 'gathering' };
export const IN_LINE: Phase = { kind: 'in line' };
export const LEAVING: Phase = { kind: 'leaving' };
export const OVER: Phase = { kind: 'over' };
export const FIRST: Phase = { kind: 'asking', occasion: 'first' };
