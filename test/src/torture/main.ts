/** `npm run torture`: see USAGE in options.ts. */
import { optionsOf } from './options.js';
import { torture } from './torture.js';

const options = await optionsOf(process.argv.slice(2));
const { history, verdict } = await torture(options);
console.log(history.calls.length, [...history.beliefs.values()].flat().length, verdict.overlaps);
console.log(verdict.violations.slice(0, 30), verdict.violations.length);
console.log(options.folder);
process.exitCode = verdict.violations.length === 0 ? 0 : 1;
