// Turns the changesets into versions and CHANGELOGs, as the release workflow does, and writes the version of
// a package where its own code tells it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const FOLDER = 'packages/opentelemetry';

const { status, error } = spawnSync('npx', ['changeset', 'version'], { stdio: 'inherit' });
if (status !== 0) throw new Error('npx changeset version failed.', { cause: error });
const { version } = JSON.parse(readFileSync(`${FOLDER}/package.json`, 'utf8'));
const path = `${FOLDER}/src/version.ts`;
const source = readFileSync(path, 'utf8');
writeFileSync(path, source.replace(/'.*'/, `'${version}'`));
