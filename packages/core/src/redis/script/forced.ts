import { HAND_OFF_BUDGET } from '../../store/protocol.js';
import { WAKE_PREFIX } from './hand-off.js';

/** How those are told from whom a lock is taken by force. */
export const forced: string = `
-- Who has the lock, each with the fencing token; of a room not all, if they are many.
local function holdersOf(room, value)
  return room and rooms().first(room, ${HAND_OFF_BUDGET}) or { value }
end

-- They learn it at their next renewal; those who listen, now. Last: they ask whether it is so.
local function tellForced(lock, holders)
  for _, holder in ipairs(holders) do
    local token, locker, fence = string.match(holder, '^(([%w_-]+)/%S+) (%d+)$')
    local channel = token and '${WAKE_PREFIX}' .. locker
    if token and listens(channel) and redis.acl_check_cmd('SPUBLISH', channel, '') then
      redis.call('SPUBLISH', channel, 'forced ' .. fence .. ' ' .. token .. ' ' .. lock)
    end
  end
end
`;
