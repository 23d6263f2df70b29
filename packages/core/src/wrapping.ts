/**
 * What `locker.using` is made of, for packages that put a lock around something of theirs, as
 * `@holdfast/decorators` does. Their calls and those of `using` join each other.
 */
export type { Call, Held } from './locker/context/call.js';
export { runUnder, runUnderPromised } from './locker/context/run-under.js';
