import { agreed, agreesTo, lasting } from './epoch.js';
import { OUTCOME } from './outcome.js';
import { LAST_TICK, MARKER, QUEUE } from './state.js';

/** Takes several locks if all of them are free and nobody waits for one. */
export const takeAll = (graced: boolean): string => `
    -- ARGV  token of each, ttl   reply  fence of the first; those of the others follow it
    local locks = { unpack(KEYS, i + 1, i + #token) }
    local free = redis.pcall('EXISTS', unpack(locks)) == 0 and given + #token < ${LAST_TICK}${graced ? ` and not grace and ${agreesTo('ttl')}` : ''}
    if free and (lined or later) then
      for _, lock in ipairs(locks) do
        free = free and not (later and later[lock]) and
          (not lined or redis.pcall('EXISTS', base .. '${QUEUE}' .. lock) == 0)
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

/** Nobody has it, and nobody is granted it. */
const standstill = `    for m = 1, grace and #locks or 0 do
      if not fences[m] then return { ${OUTCOME.busy}, false, grace, m } end
    end
`;

/**
 * The same where somebody may be in the way, and says who is. A lock that nobody holds goes to those
 * who wait for it first, as with any acquire: so a line of the dead is in nobody's way for long.
 */
export const acquireAll = (graced: boolean): string => `
  -- ARGV  token of each, ttl; in value the locks
  -- reply  granted, fence of each | busy, holder, remaining, member | foreign, type, key, member
  if kind == 'acquireAll' then${graced ? agreed : ''}
    local locks, tokens, fences, texts = value, token, {}, {}
    -- Who has a lock that is not to be had; in a room, whose lease ends first.
    local function busy(m, room, left)
      local lock, who, remaining = locks[m], false, 0
      if not room then
        who, remaining = shown(redis.call('GET', lock)), redis.call('PTTL', lock)
      elseif left == 'more' then
        who = '${MARKER}' .. room.generation
      else
        remaining, who = rooms().ending(room)
      end
${graced ? lasting : ''}      return { ${OUTCOME.busy}, who, remaining, m }
    end
    for m, lock in ipairs(locks) do
      member = m
      local room, held, foreign = look(lock)
      if foreign then return { ${OUTCOME.foreign}, foreign, lock, m } end
      if room then
        rooms().reap(room)
        if room.used > 0 then
          local _, _, left, now = offer(lock, base .. '${QUEUE}' .. lock, room)
          return busy(m, now, left)
        end
        rooms().drop(room)
        redis.call('DEL', lock)
        held = false
      end
      fences[m] = held and fenceOf(held, tokens[m])
      if held and not fences[m] then return busy(m) end
    end
${graced ? standstill : ''}    for m, lock in ipairs(locks) do
      member = m
      if lined and not fences[m] then
        local next, _, left, room = offer(lock, base .. '${QUEUE}' .. lock)
        if left == 'newer' and not room then refuse(lock) end
        if next then return busy(m, room, left) end
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
