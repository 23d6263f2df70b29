import { LINE_LIFETIME, RESERVED_PREFIX } from '../../store/protocol.js';

/**
 * What a store keeps beside its locks: all of it is named by `base`, in a cluster one for each slot, and
 * one of these. Behind it stands nothing more, a lock key, or the id of a locker.
 */
export const CLOCK = 'clock';
export const QUEUE = 'queue:';
export const ROOM = 'room:';
export const LEASES = 'leases:';
export const WAKE = 'wake:';

/** In a lock key, before the generation of the room. */
export const MARKER = 'room ';

/**
 * In the year 2255. Below 2^53, with room for clients that go above a number while they read it.
 */
export const LAST_TICK = 9e15;

/** Whether a clock of ours can have given out the number `given`. What else stands there counts for nothing. */
export const IS_OURS: string = `given and given >= 0 and given <= ${LAST_TICK} and given % 1 == 0`;

/**
 * For so long after it was asked about, in ms, the clock tells that a line may be there. It outlasts
 * the line: a script takes time.
 */
export const LINE_TOLD: number = LINE_LIFETIME + 1_000;

/** So much of what a lock key holds is told, in bytes: more than any token with its number has. */
export const SHOWN = 256;

/** As many digits has a moment in ms until the year 2286. */
const DIGITS_OF_A_MOMENT = 13;

/** How a number below 100 is written, one after the other: to cut out is faster than to format. */
export const TWO_DIGITS: string = Array.from({ length: 100 }, (_, n) =>
  String(n).padStart(2, '0'),
).join('');

/** What stands before all else: the time in microseconds, once it was asked for. That is done once. */
export const time = 'local time';

/** What a run reads first. */
export const state: string = `
local args, noted = cjson.decode(ARGV[1]), ARGV[2]
local renewals, releases, groups = args[1], args[2], args[3]
local last = #KEYS - 1 -- of the keys of locks

-- What stands before the name of all that is kept beside locks, and behind those of channels.
local base, here = '${RESERVED_PREFIX}', ''
if KEYS[1] ~= '${RESERVED_PREFIX}${CLOCK}' then
  base, here, last = string.sub(KEYS[1], 1, -${CLOCK.length + 1}), ':' .. ARGV[4], ARGV[3] - 1
end

-- One call reads the clock and the locks that are renewed or given back.
local found = redis.call('MGET', unpack(KEYS, 1, 1 + renewals + releases))
`;

/** The same for one of the slots of a run. The first of the keys is their tag. */
export const stateOfSlot: string = `
local renewals, releases, groups = args[1], args[2], args[3]
local last = #KEYS - 1
local base = '${RESERVED_PREFIX}{' .. KEYS[1] .. '}:'
KEYS[1] = base .. '${CLOCK}'

-- Where keys are declared, who may read a clock and not write it is refused before the run.
if groups > 0 and not redis.acl_check_cmd('SET', KEYS[1], '') then error(KEYS[1], 0) end

-- No key has the name that this call ends with. So it fails unless all of the slot is here, and stays
-- here: where a slot is on its way, what is absent may be at another node.
local place = 2 + renewals + releases
local key = KEYS[place]
KEYS[place] = base
local found = redis.call('MGET', unpack(KEYS, 1, place))
KEYS[place] = key
`;

/** What a run knows before it does anything. */
export const known: string = `
local reply = {}
local smooth = true -- so far, all is as it was asked for

-- The clock: what it gave out last and, as long as somebody may stand in a line, until when, in ms.
-- What we never wrote counts for nothing: the clock goes on with the time, as after a loss of data.
local clock = found[1] or ''
local given, lined = tonumber(clock), nil
if not given then
  given, lined = string.match(clock, '^(%d+) (%d+)$')
  given = tonumber(given)
  if lined and #lined > ${DIGITS_OF_A_MOMENT} then lined = nil end
end
-- Once a value of the clock was drawn, as it is written.
local text
if not (${IS_OURS}) then
  -- It was lost, and with it who waits: there may be lines, unless there is nothing at all.
  given, lined = 0, nil
  local now = not time and redis.pcall('TIME')
  if now and not now.err then time = now[1] * 1000000 + now[2] end
  if time then
    given = time - 1
    local others
    if here == '' then
      others = redis.acl_check_cmd('DBSIZE') and redis.call('DBSIZE')
    elseif redis.acl_check_cmd('CLUSTER', 'KEYSLOT', '') and redis.acl_check_cmd('CLUSTER', 'COUNTKEYSINSLOT', '0') then
      others = redis.pcall('CLUSTER', 'COUNTKEYSINSLOT', redis.call('CLUSTER', 'KEYSLOT', KEYS[1]))
    end
    if others ~= 0 then lined = string.format('%d', time / 1000 + ${LINE_TOLD}) end
  end
end
-- Another slot of this run may have asked for the time.
if time and given < time then given = time - 1 end

-- What the locks hold that are renewed or given back: one string tells that it is what they must
-- hold. If not, or if one holds nothing, each is looked at.
local expected
if renewals + releases > 0 then
  local _, held = pcall(table.concat, found, '\\n', 2, 1 + renewals + releases)
  expected = held ~= noted and string.gmatch(noted, '[^\\n]+')
end
`;
