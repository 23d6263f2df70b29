import { createHash } from 'node:crypto';
import { OUTCOME } from './outcome.js';
import { SHOWN } from './state.js';

/**
 * A renewal that knows nothing but its lock. While a slot of a cluster is on its way to another node,
 * only what has a single key is answered there: what has several, of which some have gone, is not.
 */
export const LONE_RENEWAL: string = `#!lua flags=allow-oom
-- KEYS  the lock   ARGV  what it must hold, ttl   reply  as that of a batch of one
local value = redis.call('MGET', KEYS[1])[1]
if value ~= ARGV[1] then return { { ${OUTCOME.lost}, value and string.sub(value, 1, ${SHOWN}) } } end
if redis.call('PEXPIRE', KEYS[1], ARGV[2], 'GT') == 0 and redis.call('PTTL', KEYS[1]) == -1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return ${OUTCOME.done}
`;

/** By which a server knows it once it is loaded. */
export const LONE_RENEWAL_DIGEST: string = createHash('sha1').update(LONE_RENEWAL).digest('hex');
