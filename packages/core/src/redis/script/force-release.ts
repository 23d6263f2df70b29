import { HAND_OFF_BUDGET } from '../../store/protocol.js';
import { OUTCOME } from './outcome.js';

/** Takes the lock from whoever holds it, from all who are in its room, and hands it to the first waiter still listening. */
export const forceRelease: string = `
  -- reply  forced, holder, released | forced, holder, released, more
  --        | forced, holder, handed off, token, fence | forced, holder, handed off, more, token, fence
  --        | lost | foreign, type
  if kind == 'forceRelease' then
    local room, value, foreign = look(lock)
    if foreign then return { ${OUTCOME.foreign}, foreign } end
    if not value then return ${OUTCOME.lost} end
    redis.call('ZRANGE', queue, '0', '0') -- which fails, if it does, before anything has changed
    local holders = room and rooms().first(room, ${HAND_OFF_BUDGET}) or { value }
    if room then rooms().drop(room) end
    local freed = giveBack(lock, queue)
    if type(freed) ~= 'table' then freed = { freed } end
    -- They learn it at their next renewal; those who listen, now. Last: they ask whether it is so.
    for _, holder in ipairs(holders) do tell('forced', holder, lock) end
    return { ${OUTCOME.forced}, shown(value), unpack(freed) }
  end
`;
