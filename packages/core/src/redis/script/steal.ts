import { HAND_OFF_BUDGET } from '../../store/protocol.js';
import { agreed } from './epoch.js';
import { OUTCOME } from './outcome.js';

/**
 * Takes the lock from whoever has it, ahead of the line. Who came after the number that is brought is
 * left alone: a request that arrives late or twice finds only such holders. Then it asks like any
 * other, and stands in front of the line.
 */
export const steal = (graced: boolean): string => `
  -- ARGV  token, ttl, place: steal <number> | steal <number> once
  -- reply  fence | stolen, fence, holder | as any acquire
  local since, once = string.match(kind == 'acquire' and place or '', '^steal (%d+)(.*)$')
  if since then${graced ? agreed : ''}
    local room, held, foreign = look(lock)
    -- Of a grant, or the generation of a room. A number that our clock cannot have given says nothing.
    local began = tonumber(string.match(held or '', ' ([1-9]%d*)$') or 0)
    tick()
    if began > given then began = 0 end
    if ${graced ? 'not grace and ' : ''}not foreign and began <= tonumber(since) and not fenceOf(held, token) then
      permit('SET', lock, '')
      if lined then redis.call('ZREM', queue, token .. ' ' .. ttl) end
      local holders = room and rooms().first(room, ${HAND_OFF_BUDGET}) or { held or nil }
      local fence = tick()
      if room then rooms().drop(room) end
      redis.call('SET', lock, token .. ' ' .. text, 'PX', ttl)
      -- As after a forced release, last.
      for _, holder in ipairs(holders) do tell('forced', holder, lock) end
      return held and { ${OUTCOME.stolen}, fence, shown(held) } or fence
    end
    value, place = nil, 'once'
    if once == '' then place = '-' .. text end
  end
`;
