import { OUTCOME } from './outcome.js';
import { LINE_LIFETIME } from '../../protocol.js';

/** Takes the lock if it is free and nobody waits; else says who is in the way, and stands in line. */
export const acquire: string = `
-- KEYS  lock, queue   ARGV  token, ttl, place: once | new | <ticket>
-- reply  granted, fence, already | waiting, remaining, ticket, enqueued, clock
--        | busy, remaining | foreign, type
operations.acquire = function()
  local lock, queue = KEYS[k + 1], KEYS[k + 2]
  local token, ttl, place = args[a + 1], args[a + 2], args[a + 3]
  k, a = k + 2, a + 3

  local value, foreign
  if redis.call('EXISTS', queue) == 0 then
    -- Nobody waits: take it in one step, or learn who holds it.
    local fence = tick()
    value, foreign =
      text(redis.pcall('SET', lock, stamp(token, fence), 'PX', ttl, 'NX', 'GET'), lock)
    if value == false then return answer(${OUTCOME.granted}, fence, 0) end
  else
    value, foreign = read(lock)
    if value == false then
      -- A holder expired: the lock goes to the line before it goes to the one who asks.
      local next, fence = handOff(lock, queue, token)
      if not next and redis.call('EXISTS', queue) == 0 then
        next, fence = token, tick()
        redis.call('SET', lock, stamp(token, fence), 'PX', ttl)
      end
      if next == token then return answer(${OUTCOME.granted}, fence, 0) end
      value = redis.call('GET', lock)
    end
  end
  if foreign then return answer(${OUTCOME.foreign}, foreign) end

  local fence = fenceOf(value, token)
  if fence then
    redis.call('PEXPIRE', lock, ttl, 'GT')
    return answer(${OUTCOME.granted}, fence, 1)
  end

  local remaining = redis.call('PTTL', lock)
  if remaining == -2 then remaining = 0 end
  if place == 'once' then return answer(${OUTCOME.busy}, remaining) end

  local member = token .. ' ' .. ttl
  local ticket, enqueued = tonumber(redis.call('ZSCORE', queue, member) or nil), 0
  if not ticket then
    ticket, enqueued = place == 'new' and tick() or tonumber(place), 1
    redis.call('ZADD', queue, string.format('%.0f', ticket), member)
  end
  redis.call('PEXPIRE', queue, ${LINE_LIFETIME})
  answer(${OUTCOME.waiting}, remaining, ticket, enqueued, clock())
end
`;
