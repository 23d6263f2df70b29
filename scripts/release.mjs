// Publishes the packages in the versions that they have, and skips what is published already. Run by
// the release workflow, in the repository that is released; `--dry-run` publishes nothing.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPnpm } from './pnpm.mjs';

/** Each after what it depends on. */
const PACKAGES = ['packages/core', 'packages/decorators'];

const dryRun = process.argv.includes('--dry-run');
const { GITHUB_SERVER_URL: server = '', GITHUB_REPOSITORY: repository = '' } = process.env;
if (server === '' || repository === '') {
  throw new Error('GITHUB_SERVER_URL and GITHUB_REPOSITORY say where this is released from.');
}
const home = `${server}/${repository}`;
const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));

for (const folder of PACKAGES) release(folder);

/** @param {string} folder */
function release(folder) {
  const path = join(folder, 'package.json');
  const source = readFileSync(path, 'utf8');
  const manifest = JSON.parse(source);
  const { name, version } = manifest;
  if (!dryRun && isPublished(`${name}@${version}`)) return;
  const destination = mkdtempSync(join(tmpdir(), 'holdfast-release-'));
  try {
    writeFileSync(path, JSON.stringify(released(manifest, folder), undefined, 2));
    // npm cannot pack what the workspace's own protocols stand for. pnpm does it, npm vouches for it.
    const { command, args, options } = findPnpm(packageManager);
    run(command, [...args, '--dir', folder, 'pack', '--pack-destination', destination], options);
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    const publish = ['publish', join(destination, file), '--access', 'public'];
    run('npm', [...publish, ...(dryRun ? ['--dry-run'] : ['--provenance'])]);
  } finally {
    writeFileSync(path, source);
    rmSync(destination, { recursive: true });
  }
}

/**
 * What a manifest says only when it is published: where it comes from, which is wherever this runs and
 * what provenance is checked against; and that the packages belong together. In the workspace the
 * range is wide: for a narrow one changesets takes each minor version of the one, before 1.0.0, for a
 * major one of the other.
 *
 * @param {Record<string, any>} manifest
 * @param {string} folder
 */
function released(manifest, folder) {
  const peers = Object.entries(manifest.peerDependencies).map(([name, range]) => [
    name,
    range.startsWith('workspace:') ? 'workspace:^' : range,
  ]);
  return {
    ...manifest,
    peerDependencies: Object.fromEntries(peers),
    homepage: `${home}#readme`,
    bugs: { url: `${home}/issues` },
    repository: { type: 'git', url: `git+${home}.git`, directory: folder },
  };
}

/** @param {string} spec */
function isPublished(spec) {
  const { status, stdout } = spawnSync('npm', ['view', spec, 'version'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '';
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.`, { cause: error });
}
