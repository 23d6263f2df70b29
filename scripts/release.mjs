// Publishes the packages in the versions that they have, and skips what is published already. Run by
// the release workflow, in the repository that is released; `--dry-run` publishes nothing.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Each after what it depends on. */
const FOLDERS = ['packages/core', 'packages/decorators', 'packages/opentelemetry', 'packages/cli'];

const dryRun = process.argv.includes('--dry-run');
const { GITHUB_SERVER_URL: server = '', GITHUB_REPOSITORY: repository = '' } = process.env;
if (server === '' || repository === '') {
  throw new Error('GITHUB_SERVER_URL and GITHUB_REPOSITORY say where this is released from.');
}
const home = `${server}/${repository}`;

const destination = mkdtempSync(join(tmpdir(), 'holdfast-release-'));
const packages = FOLDERS.map((folder) => {
  const path = join(folder, 'package.json');
  const source = readFileSync(path, 'utf8');
  return { folder, path, source, manifest: JSON.parse(source) };
});
try {
  for (const { folder, path, manifest } of packages) {
    writeFileSync(path, JSON.stringify(released(manifest, folder), undefined, 2));
  }
  run(process.execPath, ['scripts/pack.mjs', destination]);
  for (const { manifest } of packages) publish(manifest);
} finally {
  for (const { path, source } of packages) writeFileSync(path, source);
  rmSync(destination, { recursive: true });
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
  const { dependencies, peerDependencies } = manifest;
  return {
    ...manifest,
    dependencies: together(dependencies),
    peerDependencies: together(peerDependencies),
    homepage: `${home}#readme`,
    bugs: { url: `${home}/issues` },
    repository: { type: 'git', url: `git+${home}.git`, directory: folder },
  };
}

/** @param {Record<string, string> | undefined} ranges */
function together(ranges) {
  if (ranges === undefined) return undefined;
  const narrow = Object.entries(ranges).map(([name, range]) => [
    name,
    range.startsWith('workspace:') ? 'workspace:^' : range,
  ]);
  return Object.fromEntries(narrow);
}

/** @param {{ name: string; version: string }} manifest */
function publish({ name, version }) {
  if (!dryRun && isPublished(`${name}@${version}`)) return;
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  const how = dryRun ? ['--dry-run'] : ['--provenance'];
  run('npm', ['publish', join(destination, file), '--access', 'public', ...how]);
}

/** @param {string} spec */
function isPublished(spec) {
  const { status, stdout } = spawnSync('npm', ['view', spec, 'version'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '';
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed.`, { cause: error });
}
