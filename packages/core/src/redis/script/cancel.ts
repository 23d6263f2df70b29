import { OUTCOME } from './outcome.js';

/** Makes certain that a token neither waits for the lock nor holds it. */
export const cancel: string = `
  -- ARGV  token, ttl   reply  cancelled | cancelled, more
  if kind == 'cancel' then
    redis.call('ZREM', queue, token .. ' ' .. ttl)
    local freed = fenceOf(read(lock), token) and giveBack(lock, queue)
    return freed == ${OUTCOME.releasedMore} and ${OUTCOME.cancelledMore} or ${OUTCOME.cancelled}
  end
`;
