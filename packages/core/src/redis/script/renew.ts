import { OUTCOME } from './outcome.js';

/** Extends the lease; never shortens it: a request under way for long must not undo a later one. */
export const renew: string = `
-- KEYS  lock   ARGV  token, ttl   reply  renewed, fence | lost
operations.renew = function()
  local lock, token, ttl = KEYS[k + 1], args[a + 1], args[a + 2]
  k, a = k + 1, a + 2

  local fence = fenceOf(read(lock), token)
  if not fence then return answer(${OUTCOME.lost}) end
  redis.call('PEXPIRE', lock, ttl, 'GT')
  answer(${OUTCOME.renewed}, fence)
end
`;
