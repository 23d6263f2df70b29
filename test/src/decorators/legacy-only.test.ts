import { legacyTests } from './legacy-suite.js';

await legacyTests('dist/legacy/src/misplaced.js');
