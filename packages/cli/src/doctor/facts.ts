import type { Server } from '../connection/server.js';

/** What the server says of itself: the fields of INFO, and settings. */
export class Facts {
  readonly #info: ReadonlyMap<string, string> | undefined;
  readonly #settings: ReadonlyMap<string, string>;

  private constructor(
    info: ReadonlyMap<string, string> | undefined,
    settings: ReadonlyMap<string, string>,
  ) {
    this.#info = info;
    this.#settings = settings;
  }

  /** Empty of whatever this user may not ask for. */
  static async of(server: Server): Promise<Facts> {
    const info = await server.tryAsk('INFO');
    const settings = await server.tryAsk('CONFIG', 'GET', 'appendfsync', 'min-replicas-*', 'save');
    return new Facts(
      typeof info === 'string' ? new Map(fields(info)) : undefined,
      new Map(pairs(settings)),
    );
  }

  /** Whether there is anything to judge by. */
  get known(): boolean {
    return this.#info !== undefined;
  }

  /** A field of INFO. */
  text(field: string): string | undefined {
    return this.#info?.get(field);
  }

  /** The same; 0 if it is not there. */
  number(field: string): number {
    return Number(this.text(field) ?? 0);
  }

  /** A setting of the server; undefined: this user may not ask, or there is none. */
  setting(name: string): string | undefined {
    return this.#settings.get(name);
  }

  /** As in `ip=10.0.0.2,port=6379,state=online,offset=42,lag=0`, one for each replica. */
  replicas(): ReadonlyMap<string, string>[] {
    return [...(this.#info ?? [])]
      .filter(([field]) => /^slave\d+$/.test(field))
      .map(([, text]) => new Map(text.split(',').map((part) => halves(part, '='))));
  }
}

function fields(info: string): [string, string][] {
  const lines = info.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => halves(line, ':'));
}

function halves(text: string, between: string): [string, string] {
  const at = text.indexOf(between);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Of a reply that is a flat list under RESP 2, a map under RESP 3. */
export function pairs(reply: unknown): [string, string][] {
  const flat: unknown[] = Array.isArray(reply) ? reply : Object.entries(reply ?? {}).flat();
  return flat.flatMap((value, index): [string, string][] =>
    index % 2 === 1 ? [[String(flat[index - 1]), String(value)]] : [],
  );
}
