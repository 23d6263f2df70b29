import { OUTCOME } from './outcome.js';
import { LAST_TICK, QUEUE_PREFIX } from './state.js';

/** Takes several locks if all of them are free and nobody waits for one. */
export const takeAll: string = `
    -- ARGV  token of each, ttl   reply  fence of the first; those of the others follow it
    local locks = { unpack(KEYS, i + 1, i + #token) }
    local free = redis.pcall('EXISTS', unpack(locks)) == 0 and given + #token < ${LAST_TICK}
    if free and lined then
      for _, lock in ipairs(locks) do
        free = free and redis.pcall('EXISTS', '${QUEUE_PREFIX}' .. lock) == 0
      end
    end
    if free and not time then
      local now = redis.pcall('TIME')
      free = not now.err
      if free then
        time = now[1] * 1000000 + now[2]
        if given < time then given = time - 1 end
      end
    end
    if free then
      for m, lock in ipairs(locks) do
        local drawn = string.format('%d', given + 1)
        local set = redis.pcall('SET', lock, token[m] .. ' ' .. drawn, 'PX', ttl)
        if set.err then -- which is so for the first of them, or for none
          reply[i], smooth = set.err, false
          break
        end
        given, text = given + 1, drawn
        reply[i + m - 1] = given
      end
    else
      rest[#rest + 1] = { kind, i, locks, token, ttl }
    end
    for m = 1, #token do reply[i + m - 1] = reply[i + m - 1] or 0 end
    i = i + #token - 1
`;

/**
 * The same where somebody may be in the way, and says who is. A lock that nobody holds goes to those
 * who wait for it first, as with any acquire: so a line of the dead is in nobody's way for long.
 */
export const acquireAll: string = `
  -- ARGV  token of each, ttl; in value the locks
  -- reply  granted, fence of each | busy, holder, remaining, member | foreign, type, member
  if kind == 'acquireAll' then
    local locks, tokens, fences, texts = value, token, {}, {}
    for m, lock in ipairs(locks) do
      local held, foreign = read(lock)
      if foreign then return { ${OUTCOME.foreign}, foreign, m } end
      fences[m] = held and fenceOf(held, tokens[m])
      if held and not fences[m] then
        return { ${OUTCOME.busy}, shown(held), redis.call('PTTL', lock), m }
      end
    end
    for m, lock in ipairs(locks) do
      if lined and not fences[m] then
        local next, _, left = offer(lock, '${QUEUE_PREFIX}' .. lock)
        if left == 'newer' then refuse(lock) end
        if next then
          return { ${OUTCOME.busy}, shown(redis.call('GET', lock)), redis.call('PTTL', lock), m }
        end
        if left then return { ${OUTCOME.busy}, false, 0, m } end
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
