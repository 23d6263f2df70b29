import { OUTCOME } from './outcome.js';

/** Takes the lock from whoever holds it and hands it to the first waiter still listening. */
export const forceRelease: string = `
  -- reply  released | handed off | lost | foreign, type
  if kind == 'forceRelease' then
    local value, foreign = read(lock)
    if foreign then return { ${OUTCOME.foreign}, foreign } end
    if not value then return ${OUTCOME.lost} end
    local failure, next = handOff(lock, queue)
    return failure or next and ${OUTCOME.handedOff} or ${OUTCOME.released}
  end
`;
