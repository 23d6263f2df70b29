#!/usr/bin/env node
import module from 'node:module';

// Otherwise Node would open its debugger to all on this machine.
process.on('SIGUSR1', () => {});

// Since Node 22.1: what was compiled once is not compiled again at the next start.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

const { main } = await import('./main.js');
// What is still being connected, or answered, is of no use to anybody any more.
process.exit(await main(process.argv.slice(2)));
