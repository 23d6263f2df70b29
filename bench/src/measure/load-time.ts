import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Packages are found from here. */
const FOLDER = fileURLToPath(new URL('../../', import.meta.url));

/** Milliseconds that a new process takes to import packages, without its own start. */
export async function loadTime(names: readonly string[]): Promise<number> {
  const program = `
    const start = performance.now();
    await Promise.all(${JSON.stringify(names)}.map((name) => import(name)));
    console.log(performance.now() - start);`;
  const args = ['--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: FOLDER });
  return Number(stdout);
}
