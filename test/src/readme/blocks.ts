/** The process in which the blocks of a project run. Its argument is the URL of Redis. */
import { serveWorker } from '@holdfast/support';

const [, , url] = process.argv;
process.env['REDIS_URL'] = url;
// What they print is for readers.
process.stdout.write = () => true;

const handlers = {
  async run(module: string): Promise<void> {
    await import(module);
  },
  /** From now on only what the blocks have left behind keeps this process alive. */
  end(): void {
    process.channel?.unref();
  },
};

export type Commands = typeof handlers;

serveWorker(handlers);
