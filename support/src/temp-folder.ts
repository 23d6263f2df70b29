import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerFolder, unregisterFolder } from './reaper.js';

/** A folder that goes when it is disposed of, or with this process. */
export class TempFolder implements AsyncDisposable {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    unregisterFolder(this.path);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/**
 * Makes a folder below `HOLDFAST_RUN_DIR`, which the test run watches, or else below the system's.
 */
export async function makeTempFolder(): Promise<TempFolder> {
  const parent = process.env['HOLDFAST_RUN_DIR'] ?? tmpdir();
  // The name is short because the path of a unix socket may have 104 bytes at most.
  const path = await mkdtemp(join(parent, 'holdfast-'));
  registerFolder(path);
  return new TempFolder(path);
}
