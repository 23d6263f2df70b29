/**
 * Explores every world, the large ones too, and then shows with deliberate faults that it would find
 * something. `npm run model`, for some minutes; `npm run model -- slot`: the worlds and faults whose names match that.
 */
import { inOwnTurn } from './drain.js';
import { type Exploration, explore } from './explore.js';
import { FAULTS } from './faults.js';
import { FAULTS_OF_LOSSES } from './faults-of-losses.js';
import { FAULTS_OF_PROMOTIONS } from './faults-of-promotions.js';
import { FAULTS_OF_SLOTS } from './faults-of-slots.js';
import { find } from './find.js';
import { LARGE, SMALL } from './shapes.js';
import { LARGE_LOSSES, SMALL_LOSSES } from './shapes-of-losses.js';
import { LARGE_PROMOTIONS, SMALL_PROMOTIONS } from './shapes-of-promotions.js';
import { LARGE_SLOTS, SMALL_SLOTS } from './shapes-of-slots.js';
import { prepare } from './specimen.js';
import { trace } from './trace.js';

const [pattern = ''] = process.argv.slice(2);
const isChosen = ({ name }: { readonly name: string }): boolean => new RegExp(pattern).test(name);
const count = new Intl.NumberFormat('en-US');
const specimen = await prepare();
const explorations: Exploration[] = [];

console.log('    states  transitions  endings  depth  world');
const small = [...SMALL, ...SMALL_LOSSES, ...SMALL_SLOTS, ...SMALL_PROMOTIONS];
const large = [...LARGE, ...LARGE_LOSSES, ...LARGE_SLOTS, ...LARGE_PROMOTIONS];
for (const shape of [...small, ...large].filter(isChosen)) {
  const exploration = await inOwnTurn(() => explore(shape, specimen, 'deepest'));
  explorations.push(exploration);
  const { states, transitions, endings, depth, violation } = exploration;
  console.log(
    [
      count.format(states).padStart(10),
      count.format(transitions).padStart(11),
      count.format(endings).padStart(7),
      String(depth).padStart(5),
      shape.name,
    ].join('  '),
  );
  if (violation !== undefined) {
    process.exitCode = 1;
    console.log(await inOwnTurn(() => trace(shape, specimen, violation)));
  }
}
const violations = sum(({ violation }) => (violation === undefined ? 0 : 1));
console.log(`${count.format(sum(({ states }) => states))} states in all, ${violations} violations`);

const faults = [...FAULTS, ...FAULTS_OF_LOSSES, ...FAULTS_OF_SLOTS, ...FAULTS_OF_PROMOTIONS];
for (const fault of faults.filter(isChosen)) {
  const found = await find(fault);
  if (found === undefined) process.exitCode = 1;
  console.log(`\n${fault.name}\n${found?.trace ?? '      not found'}`);
}

function sum(of: (exploration: Exploration) => number): number {
  return explorations.reduce((total, exploration) => total + of(exploration), 0);
}
