/** A new project: a program, and what `tsc --init` writes. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

rmSync('new', { recursive: true, force: true });
mkdirSync('new');
cpSync('standard/decorated.ts', 'new/decorated.ts');
const tsc = resolve('node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '--init'], { cwd: 'new', stdio: 'inherit' });
