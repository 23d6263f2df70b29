import { OUTCOME } from './outcome.js';

/** Makes certain that a token neither waits for the lock nor holds it. */
export const cancel: string = `
-- KEYS  lock, queue   ARGV  token, ttl   reply  cancelled
operations.cancel = function()
  local lock, queue, token, ttl = KEYS[k + 1], KEYS[k + 2], args[a + 1], args[a + 2]
  k, a = k + 2, a + 2

  redis.call('ZREM', queue, token .. ' ' .. ttl)
  if fenceOf(read(lock), token) then handOff(lock, queue) end
  answer(${OUTCOME.cancelled})
end
`;
