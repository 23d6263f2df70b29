import { legacyTests } from './legacy-suite.js';

// Without metadata from the compiler, and in a process of its own: reflect-metadata cannot be
// unloaded.
await legacyTests('plain/dist/lock-key-alone.js');
