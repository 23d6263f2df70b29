import { RESERVED_PREFIX } from '../../store/protocol.js';
import { OUTCOME } from './outcome.js';
import { CLOCK, IS_OURS, stateOfSlot, time } from './state.js';

/**
 * What most slots of a batch are asked for: to take one lock, which is free, or to give it back, where
 * nobody waits. Answers nothing where it is not so, or where a call fails: then nothing was changed but
 * the clock, which may have gone on to the time, and the rules are run. The first call of each fails if
 * the slot is not here. So does any that comes to a key that is not, where the slot is on its way.
 */
const usual = `
local text -- the time, as it is written

-- The number that a clock holds which tells by it alone that there is no line.
local function last(clock)
  local given = tonumber(clock or nil)
  return ${IS_OURS} and given
end

-- One call reads the clock and sets it, in the hope that it is as it mostly is: else it is set back.
local function take(tag, lock, token, ttl)
  if not time then
    local now = redis.pcall('TIME')
    if now.err then return end
    time = now[1] * 1000000 + now[2]
  end
  text = text or string.format('%d', time)
  local clock = '${RESERVED_PREFIX}{' .. tag .. '}:${CLOCK}'
  local before = redis.pcall('SET', clock, text, 'XX', 'GET')
  local given = last(before)
  if given and given < time then
    if redis.pcall('SET', lock, token .. ' ' .. text, 'PX', ttl, 'NX', 'GET') == false then return time end
  elseif type(before) == 'string' then
    redis.pcall('SET', clock, before)
  end
end

local function giveBack(tag, lock, held)
  local found = redis.pcall('MGET', '${RESERVED_PREFIX}{' .. tag .. '}:${CLOCK}', lock)
  if found[2] ~= held or not last(found[1]) or redis.pcall('DEL', lock) ~= 1 then return end
  return ${OUTCOME.done}
end
`;

/**
 * For several slots of a cluster that one node serves, one after the other. No key is
 * declared: a script may declare those of one slot alone. So where a slot does not go the short way, it is
 * probed before anything of it is touched; one that is not here, or on its way, is left as it is.
 *
 * ARGV: one list in JSON; and the id of the master. The list has for each slot either its tag, a lock, what
 * it holds or the token that asks for it, and '' or its ttl and its place; or a list of the tag with
 * the locks behind it, the list that the script for one slot has in JSON, and what its locks hold.
 * Reply: for each slot as the script for one slot replies; nil: it is to be asked with its keys declared.
 */
export const slots = (run: string): string => `#!lua flags=allow-oom,allow-cross-slot-keys
${time}
local here = ':' .. ARGV[2]

local function run(KEYS, args, noted)${stateOfSlot}${run}end
${usual}
local function rules(...)
  local done, answer = pcall(run, ...)
  return done and answer
end

local list, replies = cjson.decode(ARGV[1]), {}
local at, s = 1, 0
while list[at] do
  s = s + 1
  local tag, lock, held, ttl = list[at], list[at + 1], list[at + 2], list[at + 3]
  if type(tag) == 'table' then
    replies[s], at = rules(tag, lock, held), at + 3
  elseif ttl == '' then
    replies[s], at = giveBack(tag, lock, held) or rules({ tag, lock }, { 0, 1, 0 }, held), at + 4
  else
    replies[s] = take(tag, lock, held, ttl) or rules({ tag, lock }, { 0, 0, 1, 1, ttl, list[at + 4], held }, '')
    at = at + 5
  end
end
return replies
`;
