import { LINE_LIFETIME } from '../../store/protocol.js';
import { OUTCOME } from './outcome.js';
import { agreed, agreesTo, lasting } from './epoch.js';
import { setAside } from './room-groups.js';
import { LAST_TICK, LINE_TOLD, MARKER, QUEUE, WAKE } from './state.js';

/** So many of the dead are looked at before who asks counts as the first in line. */
const MOST_BEFORE = 32;

/** How a number below 100 is written, one after the other: to cut out is faster than to format. */
const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0')).join('');

/** Takes the lock if it is free and nobody waits. */
export const acquire = (graced: boolean): string => `
-- In groups of equal terms   ARGV  count, ttl, place, then each token   reply  fence
local quick = groups > 0 and given + last < ${LAST_TICK}${graced ? ' and not grace' : ''}
if quick and not time then
  local now = redis.pcall('TIME')
  quick = not now.err
  if quick then
    time = now[1] * 1000000 + now[2]
    if given < time then given = time - 1 end
  end
end
local head, tail -- the clock as it is written: all but its last two digits, and these
local later -- locks whose rooms come first: who calls first asks first
for _ = 1, groups do
  local count, ttl, place = args[a + 1], args[a + 2], args[a + 3]
  a = a + 3
  if type(place) == 'table' then${setAside(graced)}    count = 0
  end
${graced ? `  local quick = quick and count > 0 and ${agreesTo('ttl')}\n` : ''}  for _ = 1, count do
    local lock, token, value = KEYS[i + 2], args[a + 1], nil
    i, a = i + 1, a + 1
    local line = quick and not (later and later[lock]) and
      (lined and redis.pcall('EXISTS', base .. '${QUEUE}' .. lock) or 0)
    if line == 0 then
      given = given + 1
      local unit = given % 100
      if unit == 0 or not head then head = string.format('%d', (given - unit) / 100) end
      tail = string.sub('${TWO_DIGITS}', 2 * unit + 1, 2 * unit + 2)
      value = redis.pcall('SET', lock, token .. ' ' .. head .. tail, 'PX', ttl, 'NX', 'GET')
    end
    if value == false then
      reply[i] = given
    elseif type(line) == 'table' then
      reply[i], smooth = line.err, false
    else
      rest[#rest + 1] = { 'acquire', i, value, token, ttl, place }
    end
  end
end
if tail then text = head .. tail end
`;

/** Says who is in the way, and stands in line. Where a holder expired, the line comes first. */
export const contend = (graced: boolean): string => `
  -- ARGV  token, ttl, place: once | new | new <most> | <ticket> | steal, words: none where it is asked for exclusively
  -- reply  fence | granted, fence: the token held the lock already | granted, more, fence
  --        | waiting, holder, remaining, ticket, enqueued, clock | the same, 1: it has to ask often
  --        | busy, holder, remaining | deaf, holder, remaining | full, holder, remaining
  --        | foreign, type
  if kind == 'acquire' then${graced ? agreed : ''}
    local room, left, who, remaining
    if type(value) ~= 'string' or string.sub(value, 1, ${MARKER.length}) == '${MARKER}' then
      local foreign
      room, value, foreign = look(lock)
      if foreign then return { ${OUTCOME.foreign}, foreign } end
      if room then
        rooms().reap(room)
        local fence = words and rooms().inside(room, token)
        if fence then
          rooms().extend(room, token, ttl)
          return { ${OUTCOME.granted}, tonumber(fence) }
        end
        if room.used == 0 then
          rooms().drop(room)
          redis.call('DEL', lock)
          room, value = nil, false
        end
      end
      if room or not value then
        local next, fence, now, own
        next, fence, left, now, own = offer(lock, queue, room, nil, token)
        if own then return left == 'more' and { ${OUTCOME.grantedMore}, own } or own end
        if left == 'newer' and not now then refuse(lock) end
        room = now
        local weight, limit, noted = 1, 1
        if words then weight, limit, noted = rooms().demand(words) end
        if not left${graced ? ' and not grace' : ''} and (room and rooms().fits(room, weight, limit) or not room and not next) then
          if words then
            room = room or rooms().open(lock, ttl)
            return rooms().enter(room, token, ttl, weight, noted)
          end
          fence = tick()
          redis.call('SET', lock, token .. ' ' .. text, 'PX', ttl)
          return fence
        end
        if not room then value = redis.call('GET', lock) end
      end
    end

    if not room then
      local fence = not words and fenceOf(value, token)
      remaining = redis.call('PTTL', lock)
      if fence then
        -- With an expiry, it is only ever extended.
        redis.call('PEXPIRE', lock, ttl, remaining == -1 and 'NX' or 'GT')
        return { ${OUTCOME.granted}, fence }
      end
      if remaining == -2 then remaining = 0 end
      who = shown(value)
    elseif left == 'more' then
      remaining, who = 0, '${MARKER}' .. room.generation
    else
      remaining, who = rooms().ending(room)
    end
${graced ? lasting : ''}    if place == 'once' then return { ${OUTCOME.busy}, who, remaining } end

    -- Who cannot be told is not put into the line; who stands there keeps the place.
    local heard = listens(base .. '${WAKE}' .. string.match(token, '^[^/]*') .. here)
    local member = token .. ' ' .. ttl .. (words or '')
    local ticket, enqueued = tonumber(redis.call('ZSCORE', queue, member) or nil), 0
    if not ticket and not heard then return { ${OUTCOME.deaf}, who, remaining } end
    local most = not ticket and string.match(place, '^new (%d+)$')
    if most and redis.call('ZRANGE', queue, most - 1, most - 1)[1] then
      return { ${OUTCOME.full}, who, remaining }
    end
    local drawn = tick()
    if most then place = 'new' end
    if not ticket then
      permit('PEXPIRE', queue, '${LINE_LIFETIME}')
      ticket, enqueued = place == 'new' and drawn or tonumber(place), 1
      redis.call('ZADD', queue, place == 'new' and text or place, member)
      -- Behind one that does not fit, or as the one that does not.
      if room then
        room.line = place == 'new' and left ~= 'more' and 'full' or nil
        if place ~= 'new' then room.head = nil end
      end
    end
    redis.call('PEXPIRE', queue, '${LINE_LIFETIME}')
    lined = string.format('%d', math.max(lined or 0, time / 1000 + ${LINE_TOLD}))
    if not heard then return { ${OUTCOME.deaf}, who, remaining } end
    if room and enqueued == 1 and place ~= 'new' then
      -- It came back to its place, perhaps before one that does not fit.
      local _, _, more, _, own = offer(lock, queue, room, nil, token)
      if own then return more == 'more' and { ${OUTCOME.grantedMore}, own } or own end
    end
    -- Nobody will be told: who is first in line has to find out, and nobody else. Those whose process is
    -- gone do not count; behind many of them, more than one may ask.
    local asks
    if who and not room and foreign(who) then
      asks = 1
      for place = 0, ${MOST_BEFORE - 1} do
        local before = redis.call('ZRANGE', queue, place, place)[1]
        if not before or before == member then break end
        local locker = string.match(before, '^([%w_-]+)/')
        if locker and listens(base .. '${WAKE}' .. locker .. here) then
          asks = nil
          break
        end
      end
    end
    return { ${OUTCOME.waiting}, who, remaining, ticket, enqueued, given, asks }
  end
`;
