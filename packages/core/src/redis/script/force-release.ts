import { OUTCOME } from './outcome.js';

/** Takes the lock from whoever holds it and hands it to the first waiter still listening. */
export const forceRelease: string = `
  -- reply  released | released, more | handed off | lost | foreign, type
  if kind == 'forceRelease' then
    local value, foreign = read(lock)
    if foreign then return { ${OUTCOME.foreign}, foreign } end
    return value and giveBack(lock, queue) or ${OUTCOME.lost}
  end
`;
