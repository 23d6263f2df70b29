/** `npm run torture`: see USAGE in options.ts. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { optionsOf } from './options.js';
import { figuresOf } from './report/figures.js';
import { storyOf } from './report/story.js';
import { tableOf } from './report/table.js';
import { drawTimeline } from './report/timeline.js';
import { worstMinute } from './report/worst-minute.js';
import { torture } from './torture.js';

/** More say nothing more. */
const STORIES = 20;

const options = await optionsOf(process.argv.slice(2));
console.log(
  `seed ${options.seed}: ${options.duration / 60_000} minutes, then the end of all waits`,
);
const outcome = await torture(options);
const { history, verdict } = outcome;
const figures = figuresOf(outcome);
console.log(`\n${tableOf(outcome, figures)}\n`);
for (const violation of verdict.violations.slice(0, STORIES)) {
  console.log(`${storyOf(violation, history)}\n`);
}
const picture = join(options.folder, 'timeline.svg');
await writeFile(picture, drawTimeline(outcome, worstMinute(outcome, figures.longestGap)));
console.log(`the worst minute: ${picture}`);
process.exitCode = verdict.violations.length === 0 ? 0 : 1;
