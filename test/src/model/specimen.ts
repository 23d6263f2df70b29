import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeTempFolder } from '@holdfast/support';
import type * as EngineModule from '../../../packages/core/dist/engine/engine.js';
import type * as ErrorsModule from '../../../packages/core/dist/errors.js';
import type * as EpochsModule from '../../../packages/core/dist/memory/epochs.js';
import type * as KeyspaceModule from '../../../packages/core/dist/memory/keyspace.js';
import type { Fault } from './faults.js';

const compiled = fileURLToPath(new URL('../../../packages/core/dist/', import.meta.url));

/** Layers above the engine, and beside it; what is not code. */
const NOT_EXAMINED = /[/\\](locker|redis|web-locks)$|\.d\.ts$|\.map$|\.tsbuildinfo$/;

/** The code under examination: the engine and the protocol, as they were compiled. */
export interface Specimen {
  readonly Engine: typeof EngineModule.Engine;
  readonly Keyspace: typeof KeyspaceModule.Keyspace;
  readonly Epochs: typeof EpochsModule.Epochs;
  readonly RedisUnreachableError: typeof ErrorsModule.RedisUnreachableError;
  readonly RedisRefusedError: typeof ErrorsModule.RedisRefusedError;
  readonly LockerClosedError: typeof ErrorsModule.LockerClosedError;
}

/**
 * A copy of the compiled code, with the fault cut into it, if one is given. The private state of the
 * keyspace is opened to view: the laws are about it.
 */
export async function prepare(fault?: Fault): Promise<Specimen> {
  await using folder = await makeTempFolder();
  await cp(compiled, folder.path, {
    recursive: true,
    filter: (path) => !NOT_EXAMINED.test(path),
  });
  await writeFile(join(folder.path, 'package.json'), '{ "type": "module" }');
  for (const { file, from, to } of fault?.cuts ?? []) {
    await edit(join(folder.path, file), (code) => {
      const parts = code.split(from);
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
      return parts.join(to);
    });
  }
  for (const part of ['keyspace', 'data', 'room', 'epochs']) {
    await edit(join(folder.path, `memory/${part}.js`), (code) =>
      code.replaceAll(/#(?=\w)/g, () => '$'),
    );
  }
  const load = (file: string): Promise<unknown> =>
    import(pathToFileURL(join(folder.path, file)).href);
  const [engine, keyspace, epochs, errors] = await Promise.all([
    load('engine/engine.js') as Promise<typeof EngineModule>,
    load('memory/keyspace.js') as Promise<typeof KeyspaceModule>,
    load('memory/epochs.js') as Promise<typeof EpochsModule>,
    load('errors.js') as Promise<typeof ErrorsModule>,
  ]);
  return {
    Engine: engine.Engine,
    Keyspace: keyspace.Keyspace,
    Epochs: epochs.Epochs,
    RedisUnreachableError: errors.RedisUnreachableError,
    RedisRefusedError: errors.RedisRefusedError,
    LockerClosedError: errors.LockerClosedError,
  };
}

async function edit(path: string, change: (code: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}
