import { createHash } from 'node:crypto';
import { acquire, contend } from './acquire.js';
import { acquireAll, takeAll } from './acquire-all.js';
import { advance } from './advance.js';
import { cancel } from './cancel.js';
import { epoch, reclaim, reclaimed } from './epoch.js';
import { forceRelease } from './force-release.js';
import { handOff, means } from './hand-off.js';
import { holder } from './holder.js';
import { OUTCOME } from './outcome.js';
import { pass, release } from './release.js';
import { roomGroups } from './room-groups.js';
import { broken } from './rooms.js';
import { renew } from './renew.js';
import { slots } from './slots.js';
import { known, QUEUE, state, time } from './state.js';
import { steal } from './steal.js';
import { usualRooms } from './usual-room.js';

/** A number that was drawn by the time tells it; and who only gives back does not need it. */
const told = `if smooth and (reply == time and not grace or not now) then return reply end
return { now or 0, grace or 0, reply }
`;

/**
 * The one script: applies a batch of operations, each atomic. One that fails answers with its error
 * and does not touch its neighbours.
 *
 * KEYS: the clock, then the lock of each operation: renewals, releases, then acquires and all that
 * concerns rooms, then all others. An operation on several locks has all of them here, one after the
 * other. In a cluster, behind them, the keys of their lines and rooms: there all is declared.
 * ARGV: one list in JSON; one argument is read faster than many. It has the number of renewals, of
 * releases and of groups, then the arguments of each operation, see there. And what the
 * locks hold that are renewed or given back, if any are, one a line. And, where there are other keys
 * behind those of the locks, how many are none, and the id of the master.
 * Reply: for each key a number, see `OUTCOME`, a list that begins with one, or an error text.
 * Where all that was asked for is renewed, given back and taken: one number. It is the fencing token
 * of the first lock taken, those of the next ones follow it; or `OUTCOME.done` if none was.
 *
 * By its first line Redis judges once, before the run, whether it may write: as a replica, without
 * its replicas, with a disk that fails. A memory that is full keeps nothing from being done: to
 * refuse a renewal would cost a lock, and a release needs none.
 *
 * What was read in one call holds until the last release: no lock is taken before. What is rare, and
 * acquires of locks that are busy, come last, in their order: the functions for them are created
 * anew in every run, which costs more than an operation, and most runs do not need them. For the same
 * reason what most rooms are asked for goes a short way, without those functions.
 */
const compose = (graced: boolean): string => `#!lua flags=allow-oom\n${time}${state}${run(graced)}`;

/** What is done once the clock is read. */
const run = (graced: boolean): string => `${known}${graced ? epoch : ''}
local i, a = 0, ${graced ? 6 : 3} -- operations and arguments that were read
local rest = {} -- what is left for later: kind, operation, what was found, arguments
${renew(graced)}${release(graced)}${acquire(graced)}
-- All others   ARGV  kind, token, ttl
while i < last do
  i, a = i + 1, a + 3
  local kind, token, ttl = args[a - 2], args[a - 1], args[a]
  if kind == 'acquireAll' then
${takeAll(graced)}
  else
    rest[#rest + 1] = { kind, i, nil, token, ttl }
  end
end

if #rest > 0 then
${means}
${usualRooms(graced)}  if #rest > 0 then
${holder}${handOff(graced)}${graced ? reclaim : ''}
local function apply(kind, lock, value, token, ttl, place, words)
  local queue = base .. '${QUEUE}' .. lock
${pass}${steal(graced)}${contend(graced)}${acquireAll(graced)}${cancel}${forceRelease}${advance}${graced ? reclaimed : ''}
end

  local applyGroup
  for _, left in ipairs(rest) do
    local i = left[2]
    if left.tokens then
      applyGroup = applyGroup or (function()${roomGroups(graced)}
return applyGroup end)()
      applyGroup(left)
    else
      local done, answer = pcall(apply, left[1], KEYS[i + 1], unpack(left, 3, 6))
      reply[i] = done and answer or rooms().failed(left[1], i, answer)
    end
  end
  for lock, room in pairs(made and made.known or {}) do
    local done, failure = pcall(made.settle, lock, room)
    if not done then${broken}    end
  end
  smooth = smooth and (made or later)
  end

  -- Rooms, too, may all have gone as it was asked for.
  smooth = smooth and not told
  if smooth then
    local first, fence
    for i = 1, last do
      local one = reply[i]
      if one ~= ${OUTCOME.renewed} and one ~= ${OUTCOME.released} then
        if type(one) ~= 'number' or one <= ${OUTCOME.done} or fence and one ~= fence + 1 then
          smooth = false
          break
        end
        first, fence = first or one, one
      end
    end
    if smooth then reply = { [renewals + releases + 1] = first } end
  end
  reply[last + 1] = told
end

if text then
  if lined and lined * 1000 > time then text = text .. ' ' .. lined end
  redis.pcall('SET', KEYS[1], text) -- where it is refused, nothing was taken
end
if smooth then reply = reply[renewals + releases + 1] or ${OUTCOME.done} end
${graced ? told : 'return reply\n'}`;

export const SCRIPT: string = compose(false);

/** The same for several slots of a cluster that one node serves. */
export const SLOTS_SCRIPT: string = slots(run(false));

/**
 * The same for lockers with a grace.
 *
 * ARGV, besides: the terms of the grace, see `epoch.ts`.
 * Reply: as above where it is one number and nothing but releases, or where the fencing token is the time
 * in µs. Else the time in ms, what is left of a grace in ms or 0, and the reply as above.
 */
export const GRACED_SCRIPT: string = compose(true);

/** By which the server knows a script once it is loaded. */
export const DIGEST: string = digestOf(SCRIPT);
export const GRACED_DIGEST: string = digestOf(GRACED_SCRIPT);
export const SLOTS_DIGEST: string = digestOf(SLOTS_SCRIPT);

function digestOf(script: string): string {
  return createHash('sha1').update(script).digest('hex');
}
