import { OUTCOME } from './outcome.js';

/** Gives the lock back and hands it to the first waiter whose process is still listening. */
export const release: string = `
  -- reply  released | handed off | lost
  if kind == 'release' then
    -- Given back twice at a time: the second one must not take it from the next holder.
    if redis.call('GET', lock) ~= value then return ${OUTCOME.lost} end
    return handOff(lock, queue) and ${OUTCOME.handedOff} or ${OUTCOME.released}
  end
`;
