// Compares the public API of @holdfast/core, as it was built, with the report in
// packages/core/api.md. With --update it brings the report up to date instead.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const REPORT = 'packages/core/api.md';
const update = process.argv.includes('--update');

const config = ExtractorConfig.loadFileAndPrepare('packages/core/api-extractor.json');
// The tool insists on a file name of its own, so it works on a copy.
const copy = join(config.reportFolder, config.reportConfigs[0].fileName);
mkdirSync(config.reportFolder, { recursive: true });
if (existsSync(REPORT)) copyFileSync(REPORT, copy);
else rmSync(copy, { force: true });

const result = Extractor.invoke(config, {
  localBuild: update,
  printApiReportDiff: !update,
  messageCallback: (message) => {
    // The tool's words about its copy would mislead; its diff and its findings are what we want.
    const { messageId } = message;
    message.handled = messageId.startsWith('console-') && messageId !== 'console-api-report-diff';
  },
});

if (update) copyFileSync(copy, REPORT);
if (result.apiReportChanged) {
  console.log(
    update
      ? `${REPORT} is up to date with the build now.`
      : `The public API is not what ${REPORT} says. If it is meant to be, run: npm run api`,
  );
}
process.exitCode = result.errorCount > 0 || (result.apiReportChanged && !update) ? 1 : 0;
