// The program, as npm has installed it: it runs a command under a lock, and tells of it.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';

const HOLDFAST = 'node_modules/@holdfast/cli/dist/index.js';

/** @param {string[]} args */
function holdfast(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [HOLDFAST, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const print = 'console.log(process.env.HOLDFAST_LOCK_NAME); process.exit(7)';
assert.deepEqual(holdfast('run', 'job', '--', process.execPath, '-e', print), {
  status: 7,
  stdout: 'job\n',
  stderr: '',
});

const list = ['-e', 'process.exit(0)'];
assert.equal(holdfast('run', 'a', 'b', '--', process.execPath, ...list).status, 0);
const inside = holdfast('run', 'job', '--', process.execPath, HOLDFAST, 'ls', 'job');
assert.match(inside.stdout, /^NAME.*\njob +exclusive/);
assert.equal(holdfast('doctor', '--json').stderr, '');
