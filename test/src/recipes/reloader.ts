/** A process that loads a module anew, as a development server does after each change. */
import { serveWorker } from '@holdfast/support';

export type Commands = {
  /** Loads the module so many times. Resolves with the codes of the warnings since the start. */
  reload(module: string, times: number, url: string): Promise<string[]>;
};

const warnings: string[] = [];
process.on('warning', (warning) => {
  warnings.push((warning as { readonly code?: string }).code ?? warning.name);
});

const commands: Commands = {
  async reload(module, times, url) {
    process.env['REDIS_URL'] = url;
    for (let version = 0; version < times; version += 1) {
      await import(`${module}?version=${version}`);
    }
    // A warning is emitted in the next tick.
    await new Promise(setImmediate);
    return warnings;
  },
};
serveWorker(commands);
