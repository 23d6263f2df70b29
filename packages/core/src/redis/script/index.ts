import { createHash } from 'node:crypto';
import { acquire } from './acquire.js';
import { cancel } from './cancel.js';
import { forceRelease } from './force-release.js';
import { handOff } from './hand-off.js';
import { release } from './release.js';
import { QUEUE_PREFIX, state } from './state.js';
import { uncontended } from './uncontended.js';

/**
 * The one script: applies a batch of operations, each atomic. One that fails answers with its error
 * and does not touch its neighbours.
 *
 * KEYS: the clock, then the lock of each operation: renewals, releases, acquires, then all others.
 * ARGV: one list in JSON; one argument is read faster than many. It has the number of renewals, of
 * releases and of groups of acquires, then the arguments of each operation, see there.
 * Reply: for each operation a number, see `OUTCOME`, a list that begins with one, or an error text.
 *
 * What needs no functions of ours is done first, and most runs end there: a run creates its functions
 * anew, which costs more than an operation. The rest is done after it, in its order.
 */
export const SCRIPT: string = `${state}${uncontended}
if #rest > 0 then
${handOff}
local function apply(kind, lock, value, token, ttl, place)
  local queue = '${QUEUE_PREFIX}' .. lock
${release}${acquire}${cancel}${forceRelease}
end

  for _, left in ipairs(rest) do
    local i = left[2]
    local done, answer = pcall(apply, left[1], KEYS[i + 1], unpack(left, 3, 6))
    reply[i] = done and answer or type(answer) == 'table' and answer.err or tostring(answer)
  end
end

if text then
  if lined and lined * 1000 > time then text = text .. ' ' .. lined end
  redis.call('SET', KEYS[1], text)
end
return reply
`;

/** By which the server knows the script once it is loaded. */
export const DIGEST: string = createHash('sha1').update(SCRIPT).digest('hex');
