import { LINE_LIFETIME } from '../../protocol.js';
import { OUTCOME } from './outcome.js';

/** What the clock tells about the lines outlasts them by so much, in ms: a script takes time. */
const SLACK = 1_000;

/** Takes the lock if it is free and nobody waits; else says who is in the way, and stands in line. */
export const acquire: string = `
  -- ARGV  token, ttl, place: once | new | <ticket>
  -- reply  fence | granted, fence: the token held the lock already
  --        | waiting, remaining, ticket, enqueued, clock | busy, remaining | foreign, type
  if kind == 'acquire' then
    local foreign
    if type(value) ~= 'string' then
      value, foreign = read(lock)
      if value == false then
        -- A holder expired: the lock goes to the line before it goes to the one who asks.
        local next, fence = handOff(lock, queue, token)
        if not next and redis.call('EXISTS', queue) == 0 then
          next, fence = token, tick()
          redis.call('SET', lock, token .. ' ' .. text, 'PX', ttl)
        end
        if next == token then return fence end
        value = redis.call('GET', lock)
      end
      if foreign then return { ${OUTCOME.foreign}, foreign } end
    end

    local fence = fenceOf(value, token)
    if fence then
      redis.call('PEXPIRE', lock, ttl, 'GT')
      return { ${OUTCOME.granted}, fence }
    end

    local remaining = redis.call('PTTL', lock)
    if remaining == -2 then remaining = 0 end
    if place == 'once' then return { ${OUTCOME.busy}, remaining } end

    local member, drawn = token .. ' ' .. ttl, tick()
    local ticket, enqueued = tonumber(redis.call('ZSCORE', queue, member) or nil), 0
    if not ticket then
      ticket, enqueued = place == 'new' and drawn or tonumber(place), 1
      redis.call('ZADD', queue, place == 'new' and text or place, member)
    end
    redis.call('PEXPIRE', queue, '${LINE_LIFETIME}')
    lined = string.format('%d', math.max(lined or 0, time / 1000 + ${LINE_LIFETIME + SLACK}))
    return { ${OUTCOME.waiting}, remaining, ticket, enqueued, given }
  end
`;
