import { legacyTests } from './legacy-suite.js';

await legacyTests('dist/legacy/src/lock-key-with-reflect-metadata.js');
