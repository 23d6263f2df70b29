#!/usr/bin/env node
import module from 'node:module';

// Since Node 22.1: what was compiled once is not compiled again at the next start.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

// Whoever reads less than there is, as `head` does, is no error.
process.stdout.on('error', () => process.exit());

const { main } = await import('./main.js');
const code = await main(process.argv.slice(2));
// What is still being connected, or answered, is of no use to anybody any more.
process.stdout.write('', () => process.exit(code));
