import { OUTCOME } from './outcome.js';

/** Makes certain that a token neither waits for the lock nor holds it. */
export const cancel: string = `
  -- ARGV  token, ttl   reply  cancelled
  if kind == 'cancel' then
    redis.call('ZREM', queue, token .. ' ' .. ttl)
    return fenceOf(read(lock), token) and handOff(lock, queue) or ${OUTCOME.cancelled}
  end
`;
