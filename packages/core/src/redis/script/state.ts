import { RESERVED_PREFIX } from '../../store/protocol.js';

/** What stands before a lock key in the key of its line. */
export const QUEUE_PREFIX: string = `${RESERVED_PREFIX}queue:`;

/**
 * In the year 2255. Below 2^53, with room for clients that go above a number while they read it.
 */
export const LAST_TICK = 9e15;

/** What a run reads first. */
export const state: string = `
local args = cjson.decode(ARGV[1])
local renewals, releases, groups = args[1], args[2], args[3]
local reply = {}
local smooth = renewals == 0 -- so far, all that was asked for is given back or taken

-- One call reads the clock and the locks that are renewed or given back.
local found = redis.call('MGET', unpack(KEYS, 1, 1 + renewals + releases))

-- The clock: what it gave out last and, as long as somebody may stand in a line, until when, in ms.
-- What we never wrote counts for nothing: the clock goes on with the time, as after a loss of data.
local clock = found[1] or redis.call('GET', KEYS[1]) or 0
local given, lined = tonumber(clock), nil
if not given then
  given, lined = string.match(clock, '^(%d+) (%d+)$')
  given = tonumber(given)
end
if not (given and given >= 0 and given <= ${LAST_TICK} and given % 1 == 0) then given = 0 end
-- Once a value of the clock was drawn: the time in microseconds, which stands still in a script, and
-- the value as it is written.
local time, text
`;
