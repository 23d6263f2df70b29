/**
 * What an error reply means for what was asked.
 *
 * - `passes`: a state of the server, in which nothing was applied; the same will do later.
 * - `lasts`: wrong with us, or with what we ask; nothing was applied.
 * - `may have run`: the reply does not say.
 */
export type Verdict = 'passes' | 'lasts' | 'may have run';

/** What is wrong with us or with what we ask, by the code of the reply. */
const LASTING: ReadonlySet<string> = new Set([
  'CROSSSLOT',
  'DENIED',
  'ERR',
  'EXECABORT',
  'GRACE_MISMATCH',
  'HOLDFAST_VERSION',
  'NOAUTH',
  'NOPERM',
  'NOPROTO',
  'WRONGPASS',
  'WRONGTYPE',
]);

/** The codes that only seem to be for what is wrong with us. */
const NO_ROOM = /^ERR max number of clients/;

/**
 * Decides by kind. A code of its own that is not listed passes: servers and services invent such
 * codes for their states (OOM, MISCONF, LOADING, READONLY …). What has none is an error of a script.
 */
export function verdictOn(reply: string): Verdict {
  const code = codeOf(reply);
  // A blocked command that was let go, by a failover for example.
  if (code === 'UNBLOCKED') return 'may have run';
  if (code === undefined || LASTING.has(code)) return NO_ROOM.test(reply) ? 'passes' : 'lasts';
  return 'passes';
}

/** Error replies begin with a code in capitals; what a socket or a script reports does not. */
export function codeOf(message: string): string | undefined {
  return /^[A-Z][A-Z0-9_]+(?= |$)/.exec(message)?.[0];
}

/**
 * Whether a script was refused for one of its keys: those that it declares are looked at before it
 * runs, and nothing of it ran. A right that it misses while it runs has no code of its own.
 */
export function isForOneKey(reply: string): boolean {
  const code = codeOf(reply);
  return code === 'CROSSSLOT' || (code === 'NOPERM' && !reply.includes(' to run the '));
}
