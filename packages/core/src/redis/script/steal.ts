import { OUTCOME } from './outcome.js';

/**
 * Takes the lock from whoever has it, ahead of the line. Who came after the number that is brought is
 * left alone: a request that arrives late or twice finds only such holders. Then it asks like any
 * other, and stands in front of the line.
 */
export const steal: string = `
  -- ARGV  token, ttl, place: steal <number> | steal <number> once
  -- reply  fence | stolen, fence, holder | as any acquire
  local since, once = string.match(kind == 'acquire' and place or '', '^steal (%d+)(.*)$')
  if since then
    local room, held, foreign = look(lock)
    local began = room and tonumber(room.generation)
      or held and fenceOf(held, string.match(held, '^([%w_-]+/[%w_-]+%S*) ') or ' ') or 0
    -- A number that our clock has not given says nothing.
    if began > given then began = 0 end
    if not foreign and began <= tonumber(since) and not fenceOf(held, token) then
      permit('SET', lock, '')
      if lined then redis.call('ZREM', queue, token .. ' ' .. ttl) end
      local holders = held and holdersOf(room, held) or {}
      local fence = tick()
      if room then rooms().drop(room) end
      redis.call('SET', lock, token .. ' ' .. text, 'PX', ttl)
      tellForced(lock, holders)
      return held and { ${OUTCOME.stolen}, fence, shown(held) } or fence
    end
    value, place = nil, 'once'
    if once == '' then
      tick()
      place = '-' .. text
    end
  end
`;
