import { OUTCOME } from './outcome.js';

/** Makes certain that a token neither waits for the lock nor holds it. */
export const cancel: string = `
  -- ARGV  token, ttl   reply  cancelled
  if kind == 'cancel' then
    redis.call('ZREM', queue, token .. ' ' .. ttl)
    if fenceOf(read(lock), token) then handOff(lock, queue) end
    return ${OUTCOME.cancelled}
  end
`;
