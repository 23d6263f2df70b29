import { createHash } from 'node:crypto';
import { OUTCOME } from './outcome.js';
import { SHOWN } from './state.js';

/** A script for one renewal, and by which a server knows it once it is loaded. */
export interface LoneRenewal {
  readonly script: string;
  readonly digest: string;
}

/**
 * A renewal that knows nothing but its lock. While a slot of a cluster is on its way to another node,
 * only what has a single key is answered there: what has several, of which some have gone, is not.
 */
const compose = (missed: string, done: string): LoneRenewal => {
  const script = `#!lua flags=allow-oom
-- KEYS  the lock   ARGV  what it must hold, ttl   reply  as that of a batch of one
local value = redis.call('MGET', KEYS[1])[1]
if value ~= ARGV[1] then return ${missed} end
if redis.call('PEXPIRE', KEYS[1], ARGV[2], 'GT') == 0 and redis.call('PTTL', KEYS[1]) == -1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
${done}
`;
  return { script, digest: createHash('sha1').update(script).digest('hex') };
};

export const LONE_RENEWAL: LoneRenewal = compose(
  `{ { ${OUTCOME.lost}, value and string.sub(value, 1, ${SHOWN}) } }`,
  `return ${OUTCOME.done}`,
);

/** With a grace: whether one that is not there is lost, is judged when all of the slot is there. */
export const GRACED_LONE_RENEWAL: LoneRenewal = compose(
  "redis.error_reply('TRYAGAIN the lock is not here, and its slot is on its way')",
  `local now = redis.call('TIME')
return { now[1] * 1000 + math.floor(now[2] / 1000), 0, ${OUTCOME.done} }`,
);
