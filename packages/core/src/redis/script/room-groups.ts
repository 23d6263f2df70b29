import { OUTCOME } from './outcome.js';
import { MARKER, QUEUE } from './state.js';

const endOfEach = `        if what == 'renew' then
          a = a + 1
          group.ends[j] = args[a]
        end
`;

/** Sets aside what concerns rooms, in groups of one lock, with one kind and equal terms. */
export const setAside = (graced: boolean): string => `
    -- ARGV  count, ttl, { what, words, id of the locker }, then each token, with its fence unless it asks${graced ? ', and its end if it is to be renewed' : ''}
    -- what: renew | release | once | new | <ticket>
    local lock, what, words = KEYS[i + 2], place[1], place[2]
    local asks = what ~= 'renew' and what ~= 'release'
    local group = { asks and 'acquire' or what, i + 1, ttl = ttl, words = words, tokens = {} }
    if asks then group.place = what else group.fences = {}${graced ? ' group.ends = {}' : ''} end
    self = self or place[3]
    later = later or {}
    later[lock] = later[lock] or { words = words, groups = {}, leaving = 0 }
    local asked = later[lock]
    asked.groups[#asked.groups + 1] = group
    if words ~= asked.words then asked.done = false end -- see usualRooms
    if what ~= 'renew' then asked.moves = true end
    if what == 'release' then asked.leaving = asked.leaving + count end
    for j = 1, count do
      a, i = a + 1, i + 1
      group.tokens[j], asked[#asked + 1] = args[a], args[a]
      if not asks then
        a = a + 1
        group.fences[j] = args[a]
${graced ? endOfEach : ''}      end
    end
    rest[#rest + 1] = group
`;

const released = (right: string): string =>
  `    if grace and ${right} then return ${OUTCOME.released} end
`;

/** Those that were not renewed may be reclaimed. */
const reclaimAll = `
local function reclaimAll(group, lock)
  for j, token in ipairs(group.tokens) do
    local i = group[2] + j - 1
    if reply[i] ~= ${OUTCOME.renewed} then
      if reclaim(lock, token, group.fences[j], group.ttl, group.ends[j], group.words) then
        reply[i] = ${OUTCOME.reclaimed}
      else
        local room, value = look(lock)
        reply[i] = { ${OUTCOME.lost}, room and shown(value) or another(value, group.fences[j]) }
      end
    end
  end
end
`;

/** One after the other, with one look at who is inside for all of them. */
export const roomGroups = (graced: boolean): string => `
-- Who has a lock that is no room any more. A marker from before the grant is that of its own room, of
-- which others deleted a part: then nobody has it.
local function another(value, fence)
  local generation = value and string.match(value, '^${MARKER}(%d+)$')
  return not (generation and tonumber(generation) < tonumber(fence)) and shown(value)
end

-- reply  renewed | lost, holder
local function renew(group, room)
  local _, _, noted = rooms().demand(group.words)
  local now, ends, due = rooms().moment(), {}, rooms().after(group.ttl)
  rooms().order(room)
  local scores = rooms().checked(room.leases, redis.pcall('ZMSCORE', room.leases, unpack(group.tokens)))
  for j, token in ipairs(group.tokens) do
    local held = room.seen[token] == group.fences[j] .. ' ' .. noted
    if held and tonumber(scores[j] or 0) > now then
      ends[#ends + 1], ends[#ends + 2] = due, token
      reply[group[2] + j - 1] = ${OUTCOME.renewed}
    else
      reply[group[2] + j - 1] = { ${OUTCOME.lost}, '${MARKER}' .. room.generation }
    end
  end
  if #ends == 0 then return end
  redis.call('ZADD', room.leases, 'XX', 'GT', unpack(ends))
  room.altered, room.ending = true, nil
end
${graced ? reclaimAll : ''}

-- reply  released | released, more | handed off, token, fence | handed off, more, token, fence
--        | lost, holder
local function release(lock, token, fence)
  local room, value = look(lock)
  if not room then
${graced ? released("wasHeld(value, token .. ' ' .. fence)") : ''}    return { ${OUTCOME.lost}, another(value, fence) }
  end
  rooms().reap(room)
  local held, weight, limit = rooms().inside(room, token)
  if held ~= fence then
${graced ? released('(not held or tonumber(held) < tonumber(fence))') : ''}    return { ${OUTCOME.lost}, '${MARKER}' .. room.generation }
  end
  if room.line ~= 'empty' then rooms().front(room) end -- which fails, if it does, before anything has changed
  rooms().leave(room, token, weight, limit)
  return (giveBack(lock, base .. '${QUEUE}' .. lock, nil, room))
end

local function applyEach(group)
  local kind, first, lock = group[1], group[2], KEYS[group[2] + 1]
  local room, value = look(lock)
  if kind == 'renew' and room then ${graced ? 'renew(group, room)' : 'return renew(group, room)'} end
${graced ? "  if kind == 'renew' and grace then return reclaimAll(group, lock) end\n  if kind == 'renew' and room then return end\n" : ''}  if kind == 'renew' then rooms().ended(lock) end
  for j, token in ipairs(group.tokens) do
    local done, answer
    if kind == 'renew' then
      done, answer = true, { ${OUTCOME.lost}, another(value, group.fences[j]) }
    elseif kind == 'release' then
      done, answer = pcall(release, lock, token, group.fences[j])
    else
      done, answer = pcall(apply, kind, lock, nil, token, group.ttl, group.place, group.words)
    end
    reply[first + j - 1] = done and answer or rooms().failed(kind, first + j - 1, answer)
  end
end

local function applyGroup(group)
  local done, failure = pcall(applyEach, group)
  if done then return end
  for j = 1, #group.tokens do reply[group[2] + j - 1] = rooms().failed(group[1], group[2] + j - 1, failure) end
end
`;
