import { OUTCOME } from './outcome.js';

/** Makes certain that a token neither waits for the lock nor holds it. */
export const cancel: string = `
-- ARGV  token, ttl   reply  cancelled
function operations.cancel(lock, token, ttl)
  redis.call('ZREM', queueOf(lock), token .. ' ' .. ttl)
  if fenceOf(read(lock), token) then handOff(lock) end
  return ${OUTCOME.cancelled}
end
`;
