import { OUTCOME } from './outcome.js';

/** Goes on with a line of which there was more than one step may look at. */
export const advance: string = `
  -- reply  advanced | advanced, more
  if kind == 'advance' then
    local value, foreign = read(lock)
    if value or foreign then return ${OUTCOME.advanced} end
    local _, _, left = offer(lock, queue)
    if left == 'newer' then refuse(lock) end
    return left == 'more' and ${OUTCOME.advancedMore} or ${OUTCOME.advanced}
  end
`;
