import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Holdfast } from './holdfast.js';

const ROOT = new URL('../../../', import.meta.url);
const [readme = '', job = ''] = await Promise.all(
  ['packages/cli/README.md', 'examples/src/command/job.ts'].map((file) =>
    readFile(new URL(file, ROOT), 'utf8'),
  ),
);

const COMMANDS = ['run', 'ls', 'show', 'watch', 'release', 'doctor'];

/** The long names of options in a text. */
function optionsIn(text: string): Set<string> {
  return new Set(text.match(/(?<![\w-])--[a-z][a-z-]*/g));
}

test('the README has every command and every option, and no others', async () => {
  const helps = await Promise.all(COMMANDS.map((name) => Holdfast.run([name, '--help'])));
  for (const { code } of helps) assert.equal(code, 0);
  const { stdout: all } = await Holdfast.run(['--help']);
  const listed = [...all.matchAll(/^ {2}(\w+) (?:\[|<)/gm)].map(([, name = '']) => name);
  assert.deepEqual(listed.toSorted(), COMMANDS.toSorted());

  const texts = helps.map(({ stdout }) => stdout.replace(/\nExamples:[^]*/, ''));
  const options = optionsIn(texts.join('\n'));
  // The help of all commands has it.
  options.delete('--help');
  // What stands in comments, in blocks and behind programs is not told of.
  const prose = readme.replaceAll(
    /<!--.*?-->|^```.*?^```$|`(?:holdfast|npm|node|timeout|setpriv) .*?`/gms,
    '',
  );
  const described = optionsIn(prose);
  assert.deepEqual([...described].toSorted(), [...options].toSorted());
});

test('the README has every exit code that the help of run tells of', async () => {
  const { stdout } = await Holdfast.run(['run', '--help']);
  const [, told = ''] = /Exit codes:([^]*)$/.exec(stdout) ?? [];
  const codes = told.match(/\b\d{2,3}\b/g)?.filter((code) => code !== '128') ?? [];
  assert.ok(codes.length > 5);
  const [, table = ''] = /### Exit codes\n([^]*?)\n#/.exec(readme) ?? [];
  for (const code of codes) assert.match(table, new RegExp(`^\\| [^|]*\\b${code}\\b`, 'm'));
});

test('the program in the README is the example that runs', () => {
  assert.ok(readme.includes(`\`\`\`ts\n${job}\`\`\`\n`));
});
