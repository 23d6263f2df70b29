import { OUTCOME } from './outcome.js';
import { QUEUE_PREFIX } from './state.js';

/**
 * Takes several locks, all of them or none. One that nobody holds goes to those who wait for it
 * first, as with any acquire: so a line of the dead is in nobody's way for long.
 */
export const acquireAll: string = `
  -- ARGV  token of each, ttl; in value the locks
  -- reply  granted, fence of each | busy, remaining, member | foreign, type, member
  if kind == 'acquireAll' then
    local locks, tokens, fences, texts = value, token, {}, {}
    for m, lock in ipairs(locks) do
      local held, foreign = read(lock)
      if foreign then return { ${OUTCOME.foreign}, foreign, m } end
      fences[m] = held and fenceOf(held, tokens[m])
      if held and not fences[m] then return { ${OUTCOME.busy}, redis.call('PTTL', lock), m } end
    end
    for m, lock in ipairs(locks) do
      if lined and not fences[m] then
        local next, _, left = offer(lock, '${QUEUE_PREFIX}' .. lock)
        if left == 'newer' then refuse(lock) end
        if next then return { ${OUTCOME.busy}, redis.call('PTTL', lock), m } end
        if left then return { ${OUTCOME.busy}, 0, m } end
      end
    end
    for m in ipairs(locks) do
      if not fences[m] then
        fences[m] = tick()
        texts[m] = tokens[m] .. ' ' .. text
      end
    end
    for m, lock in ipairs(locks) do
      if texts[m] then
        redis.call('SET', lock, texts[m], 'PX', ttl)
      else -- the answer to an earlier request was lost
        redis.call('PEXPIRE', lock, ttl, redis.call('PTTL', lock) == -1 and 'NX' or 'GT')
      end
    end
    return { ${OUTCOME.granted}, unpack(fences) }
  end
`;
