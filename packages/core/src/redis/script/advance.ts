import { OUTCOME } from './outcome.js';

/** Goes on with a line of which there was more than one step may look at. */
export const advance: string = `
  -- reply  advanced | advanced, more
  if kind == 'advance' then
    local room, value, foreign = look(lock)
    if foreign or value and not room then return ${OUTCOME.advanced} end
    if room then
      rooms().reap(room)
      local _, more = giveBack(lock, queue, nil, room)
      return more and ${OUTCOME.advancedMore} or ${OUTCOME.advanced}
    end
    local _, _, left, now = offer(lock, queue)
    if left == 'newer' and not now then refuse(lock) end
    return left == 'more' and ${OUTCOME.advancedMore} or ${OUTCOME.advanced}
  end
`;
