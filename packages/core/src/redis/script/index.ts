import { createHash } from 'node:crypto';
import { acquire } from './acquire.js';
import { cancel } from './cancel.js';
import { forceRelease } from './force-release.js';
import { OUTCOME } from './outcome.js';
import { release } from './release.js';
import { renew } from './renew.js';
import { shared } from './shared.js';

/**
 * The one script: applies a batch of operations, each atomic, in the order given. An operation that
 * fails answers with its error and does not touch its neighbours.
 *
 * KEYS: the clock, then those of each operation. ARGV: one list in JSON, for each operation its name
 * and arguments; one argument is read faster than many. Reply: one flat list, each operation's own
 * after the other's; it begins with the number of the outcome, see `OUTCOME`.
 */
export const SCRIPT: string = `${shared}
local operations = {}
${acquire}${renew}${release}${cancel}${forceRelease}
while a < #args do
  a = a + 1
  local done, problem = pcall(operations[args[a]])
  if not done then
    answer(${OUTCOME.error}, type(problem) == 'table' and problem.err or tostring(problem))
  end
end
if drawn then redis.call('SET', KEYS[1], string.format('%.0f', given)) end
return reply
`;

/** By which the server knows the script once it is loaded. */
export const DIGEST: string = createHash('sha1').update(SCRIPT).digest('hex');
