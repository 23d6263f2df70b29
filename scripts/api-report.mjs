// Compares the public API of the packages, as it was built, with the reports that are kept beside
// them. With --update it brings the reports up to date instead.
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

/** One for each entry point. */
const REPORTS = [
  { config: 'packages/core/api-extractor.json', report: 'packages/core/api.md' },
  {
    config: 'packages/core/api-extractor.wrapping.json',
    report: 'packages/core/api-wrapping.md',
  },
  {
    config: 'packages/core/api-extractor.web-locks.json',
    report: 'packages/core/api-web-locks.md',
  },
  { config: 'packages/decorators/api-extractor.json', report: 'packages/decorators/api.md' },
  {
    config: 'packages/decorators/api-extractor.nestjs.json',
    report: 'packages/decorators/api-nestjs.md',
  },
  {
    config: 'packages/opentelemetry/api-extractor.json',
    report: 'packages/opentelemetry/api.md',
  },
];

const update = process.argv.includes('--update');
const differing = REPORTS.filter((entry) => !isAsReported(entry));
process.exitCode = differing.length === 0 ? 0 : 1;

/** @param {typeof REPORTS[number]} entry */
function isAsReported({ config, report }) {
  const prepared = ExtractorConfig.loadFileAndPrepare(config);
  // The tool insists on a file name of its own, so it works on a copy.
  const copy = join(prepared.reportFolder, prepared.reportConfigs[0].fileName);
  mkdirSync(prepared.reportFolder, { recursive: true });
  if (existsSync(report)) copyFileSync(report, copy);
  else rmSync(copy, { force: true });

  const result = Extractor.invoke(prepared, {
    localBuild: update,
    printApiReportDiff: !update,
    messageCallback: (message) => {
      // The tool's words about its copy would mislead; its diff and its findings are what we want.
      const { messageId } = message;
      message.handled = messageId.startsWith('console-') && messageId !== 'console-api-report-diff';
    },
  });

  if (update) copyFileSync(copy, report);
  if (result.apiReportChanged) {
    console.log(
      update
        ? `${report} is up to date with the build now.`
        : `The public API is not what ${report} says. If it is meant to be, run: npm run api`,
    );
  }
  return result.errorCount === 0 && (update || !result.apiReportChanged);
}
