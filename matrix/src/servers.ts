import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { findRedisServer, startRedis } from '@holdfast/support';

/** A server that keeps locks; `url` is undefined where they live in the process. */
export interface Server {
  readonly name: string;
  readonly url: string | undefined;
}

/** What of a server was started here. */
interface Started extends Server {
  readonly stop: () => Promise<void>;
}

/**
 * The servers of the matrix: what `HOLDFAST_MATRIX_SERVERS` lists, or else the one that the tests use.
 * The list has programs, as in `PATH`, or URLs of servers that run, separated by blanks. Where a system
 * has none, as Windows, it is `memory`: locks live in the process then.
 */
export class Servers implements AsyncDisposable {
  readonly #started: readonly Started[];

  private constructor(started: readonly Started[]) {
    this.#started = started;
  }

  static async start(): Promise<Servers> {
    const listed = process.env['HOLDFAST_MATRIX_SERVERS'] ?? '';
    const places = listed === '' ? [await findRedisServer()] : split(listed);
    return new Servers(await Promise.all(places.map(start)));
  }

  get all(): readonly Server[] {
    return this.#started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#started.map(({ stop }) => stop()));
  }
}

function split(list: string): string[] {
  return list.includes('://') ? list.split(' ') : list.split(delimiter);
}

async function start(place: string): Promise<Started> {
  if (place === 'memory') return { name: 'no server', url: undefined, stop: async () => {} };
  if (place.includes('://')) return { name: place, url: place, stop: async () => {} };
  const { stdout } = await promisify(execFile)(place, ['--version']);
  const [, kind = place, version = ''] = /^(\w+) server v=([\d.]+)/.exec(stdout) ?? [];
  const redis = await startRedis({ binary: place });
  const stop = (): Promise<void> => redis[Symbol.asyncDispose]();
  return { name: `${kind} ${version}`, url: redis.url, stop };
}
