import { OUTCOME } from './outcome.js';

/** Makes certain that a token neither waits for the lock nor holds it. */
export const cancel: string = `
  -- ARGV  token, ttl with words   reply  cancelled | cancelled, more
  if kind == 'cancel' then
    redis.call('ZREM', queue, token .. ' ' .. ttl)
    local room, value = look(lock)
    local _, more
    if fenceOf(value, token) then
      _, more = giveBack(lock, queue)
    elseif room then
      -- Perhaps it was the first in line, and the next one fits.
      rooms().reap(room)
      local fence, weight, limit = rooms().inside(room, token)
      if fence then rooms().leave(room, token, weight, limit) end
      room.line = nil
      rooms().forget(room)
      _, more = giveBack(lock, queue, nil, room)
    end
    return more and ${OUTCOME.cancelledMore} or ${OUTCOME.cancelled}
  end
`;
