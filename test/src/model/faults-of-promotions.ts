import type { Fault } from './faults.js';
import { TWO } from './shapes.js';
import { GIVEN_BACK_TO_A_FORMER } from './shapes-of-promotions.js';

/** The ways in which a master that was replaced can be believed for too long. */
export const FAULTS_OF_PROMOTIONS: readonly Fault[] = [
  {
    name: 'what a former master says is heard at the new one',
    world: { ...GIVEN_BACK_TO_A_FORMER, former: 'its channels' },
    breaks: /b believes that it holds lock-0, which is a\/1's/,
    cuts: [],
  },
  {
    name: 'a former master is still waited for by those who know of the new one',
    world: { ...TWO, promotions: 1, former: 'its answers' },
    breaks: /a believes that it holds lock-0, which is nobody's/,
    cuts: [],
  },
];
