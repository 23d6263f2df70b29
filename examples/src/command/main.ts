/**
 * Two machines whose cron starts the same job at the same time: one does it, the other one is told that it is
 * being done.
 *
 * `REDIS_URL=redis://localhost:6379 node examples/dist/command/main.js`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PACKAGE = import.meta.resolve('@holdfast/cli/package.json');
const HOLDFAST = fileURLToPath(new URL('dist/index.js', PACKAGE));
const JOB = fileURLToPath(new URL('job.js', import.meta.url));

async function machine(owner: string): Promise<string> {
  const holdfast = [
    'run',
    'nightly',
    '--no-wait',
    '--hold-at-least',
    '1m',
    '--quiet',
    '--owner',
    owner,
  ];
  const args = [HOLDFAST, ...holdfast, '--', process.execPath, JOB];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 75 ? 'found it busy' : `ended with ${code}`;
}

const endings = await Promise.all(['web-1', 'web-2'].map(machine));
console.log(`one machine ${endings.toSorted().join(', the other one ')}`);
