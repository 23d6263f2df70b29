import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** The settings of npm that a user may have given in the environment. All others npm set itself. */
const USER_SETTINGS = new Set(
  ['ca', 'cache', 'cafile', 'globalconfig', 'http_proxy', 'https_proxy', 'noproxy', 'offline']
    .concat(['prefer_offline', 'prefix', 'proxy', 'registry', 'strict_ssl', 'userconfig'])
    .map((name) => `npm_config_${name}`),
);

/**
 * Forgets what an outer npm, pnpm or test runner said to its own child: one package manager warns
 * about the other's settings, and a test runner that believes to be inside another one reports
 * nothing.
 */
export function cleanEnvironment() {
  for (const name of Object.keys(process.env)) {
    const lower = name.toLowerCase();
    const fromNpm = lower.startsWith('npm_') && lower !== 'npm_execpath';
    if ((fromNpm && !USER_SETTINGS.has(lower)) || name === 'NODE_TEST_CONTEXT') {
      delete process.env[name];
    }
  }
}

/**
 * Runs a command to its end. If it fails, this process ends the same way: same exit code, same
 * signal.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<void>}
 */
export async function run(command, args, options) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    // A terminal sends Ctrl-C to the whole foreground group, so the child has had it already; a
    // second one would mean "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const name of SIGNALS) process.on(name, forward);
  const [code, signal] = await once(child, 'exit');
  for (const name of SIGNALS) process.off(name, forward);
  if (signal !== null) {
    process.kill(process.pid, signal);
    // The signal is delivered asynchronously; go no further meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    process.exit(1);
  }
  if (code !== 0) process.exit(code);
}
