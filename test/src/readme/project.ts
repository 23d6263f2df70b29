import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Dialect, Snippet } from './snippets.js';

const execute = promisify(execFile);

/** Below the tests, so that packages and stand-ins are found as they are from there. */
const PARENT = fileURLToPath(new URL('..', import.meta.url));
const ROOT = new URL('../../../', import.meta.url);
const TSC = fileURLToPath(new URL('node_modules/typescript/bin/tsc', ROOT));

/** In the documents; a server of our own in their stead. */
const WRITTEN_URL = 'redis://localhost:6379';

/** For one block, in ms. */
const LIMIT = 60_000;

/** Every flag of this repository: they compile under the strictest, too. */
const STRICTEST = {
  extends: '../../../tsconfig.base.json',
  compilerOptions: {
    rootDir: '.',
    noEmit: true,
    composite: false,
    declaration: false,
    declarationMap: false,
    // What is exported and what is used is for the rest of the reader's program to say.
    isolatedDeclarations: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    erasableSyntaxOnly: false,
  },
};

/**
 * Code blocks, a module each. Those of TypeScript are compiled as one project, with the lines that users
 * are told to set.
 */
export class Project implements AsyncDisposable {
  readonly #folder: string;
  readonly #snippets: readonly Snippet[];
  readonly #url: string;

  private constructor(folder: string, snippets: readonly Snippet[], url: string) {
    this.#folder = folder;
    this.#snippets = snippets;
    this.#url = url;
  }

  /** @throws {Error} what the compiler says, with the place of each block in its document. */
  static async compile(
    snippets: readonly Snippet[],
    dialect: Dialect,
    url: string,
  ): Promise<Project> {
    const standIns = await readStandIns();
    const folder = await mkdtemp(join(PARENT, 'readme-'));
    const project = new Project(folder, snippets, url);
    const files = snippets.map(({ language }, index) =>
      language === 'ts' ? `${index}.ts` : `${index}.mjs`,
    );
    try {
      const experimentalDecorators = dialect === 'legacy';
      const compiled = files.filter((file) => file.endsWith('.ts'));
      const compilerOptions = { ...STRICTEST.compilerOptions, experimentalDecorators };
      await lay(folder, 'strictest.json', { ...STRICTEST, compilerOptions, files: compiled });
      await writeFile(join(folder, 'documented.json'), await documentedTsconfig(dialect));
      const places = { rootDir: '.', outDir: '.' };
      await lay(folder, 'tsconfig.json', {
        extends: './documented.json',
        compilerOptions: places,
        files: compiled,
      });
      await Promise.all(
        snippets.map((snippet, index) =>
          writeFile(join(folder, files[index] ?? ''), complete(snippet, standIns, url)),
        ),
      );
      await execute(process.execPath, [TSC, '-p', join(folder, 'strictest.json')]);
      await execute(process.execPath, [TSC, '-p', folder]);
    } catch (error) {
      await project[Symbol.asyncDispose]();
      const { stdout = String(error) } = error as { stdout?: string };
      throw new Error(`The documents do not compile.\n${locate(stdout, snippets)}`, {
        cause: error,
      });
    }
    return project;
  }

  /** Runs a block in a process of its own. Rejects if it does not end well, within its time. */
  async run(index: number): Promise<void> {
    const env = { ...process.env, REDIS_URL: this.#url };
    await execute(process.execPath, [this.moduleOf(index)], { env, timeout: LIMIT });
  }

  /** The path of the module that was made of a block. */
  moduleOf(index: number): string {
    const extension = this.#snippets[index]?.language === 'ts' ? 'js' : 'mjs';
    return join(this.#folder, `${index}.${extension}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function lay(folder: string, file: string, tsconfig: object): Promise<void> {
  return writeFile(join(folder, file), JSON.stringify(tsconfig));
}

/** The `tsconfig.json` that docs/getting-started.md gives for a dialect. */
async function documentedTsconfig(dialect: Dialect): Promise<string> {
  const page = await readFile(new URL('docs/getting-started.md', ROOT), 'utf8');
  const blocks = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, code = '']) => code);
  const found = blocks.find((code) => code.startsWith(`// tsconfig.json, with ${dialect} `));
  if (found === undefined) throw new Error(`Getting started has no tsconfig.json for ${dialect}.`);
  return found;
}

/** What a module of stand-ins exports: its types too. */
interface StandIns {
  readonly module: string;
  readonly names: readonly string[];
}

/** Read, not imported: the stand-ins open connections. */
async function readStandIns(): Promise<StandIns[]> {
  const modules = ['stand-ins', 'decorated', 'injected'].map(async (module) => {
    const source = await readFile(new URL(`./${module}.d.ts`, import.meta.url), 'utf8');
    const lists = [...source.matchAll(/^export \{(.+?)\}/gms)].flatMap(([, list = '']) =>
      list.split(','),
    );
    const declared = source.matchAll(
      /^export (?:declare )?(const|function|class|interface) (\w+)/gm,
    );
    const types = [...declared].map(([, kind = '', name = '']) =>
      kind === 'interface' ? `type ${name}` : name,
    );
    return { module, names: [...lists.map((name) => name.trim()), ...types] };
  });
  return Promise.all(modules);
}

/** A block with what it uses and does not bring along, on one line before it. */
function complete({ code, language }: Snippet, standIns: readonly StandIns[], url: string): string {
  const isMissing = (entry: string): boolean => {
    const name = entry.replace(/^type /, '');
    if (name !== entry && language === 'js') return false;
    const declaring = 'import (?:type )?\\{[^}]*|(?:const|using|let|class|function|interface) ';
    const declared = new RegExp(`(?:${declaring})\\b${name}\\b`);
    return new RegExp(`\\b${name}\\b`).test(code) && !declared.test(code);
  };
  const imports = standIns.map(({ module, names }) => {
    const missing = names.filter(isMissing);
    return missing.length === 0
      ? ''
      : `import { ${missing.join(', ')} } from '../readme/${module}.js';`;
  });
  return [imports.join(' '), code.replaceAll(WRITTEN_URL, url)].join('\n');
}

/** Turns the compiler's `3.ts(7,1)` into the line of the document. */
function locate(output: string, snippets: readonly Snippet[]): string {
  return output.replaceAll(/\S*?(\d+)\.ts\((\d+),\d+\)/g, (place, index, line) => {
    const [file, first] = snippets[Number(index)]?.where.split(':') ?? [];
    return file === undefined ? place : `${file}:${Number(first) + Number(line) - 2}`;
  });
}
