import type { NodeRedisOptions } from './node-redis-options.js';
import { show } from '../../runtime/duration.js';

const EXPECTED = 'redis://host:6379, rediss://host:6379 or unix:///path';

/** `unix://user:password@/path?db=0`; a URL by the standard cannot have a user without a host. */
const UNIX = /^unix:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\/[^?#]+)(?:\?db=(\d+))?$/;

/**
 * Options for node-redis, which understands `unix:` only since version 6.
 *
 * @throws {TypeError} if it is not a URL of Redis. The URL is kept out of the message: a password
 *   with a slash in it can pass for any part.
 */
export function parseUrl(option: string, value: unknown): NodeRedisOptions {
  if (typeof value !== 'string') {
    throw new TypeError(`${option}: ${show(value)} is not a string; give ${EXPECTED}.`);
  }
  if (value.startsWith('unix:')) return parseUnix(option, value);
  if (!URL.canParse(value)) throw new TypeError(`${option}: not a URL; give ${EXPECTED}.`);
  const { protocol, hostname, pathname, username, password } = new URL(value);
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw new TypeError(`${option}: its protocol is not one of Redis; give ${EXPECTED}.`);
  }
  if (hostname === '') throw new TypeError(`${option}: has no host; give ${EXPECTED}.`);
  decode(option, username);
  decode(option, password);
  if (!/^\/?\d*$/.test(pathname)) {
    throw new TypeError(`${option}: its path is not the number of a database; give ${EXPECTED}/0.`);
  }
  return { url: value };
}

function parseUnix(option: string, value: string): NodeRedisOptions {
  const match = UNIX.exec(value);
  if (match === null) throw new TypeError(`${option}: not a URL; give ${EXPECTED}.`);
  const [, username, password, path = '', database] = match.map((part) =>
    part === undefined || part === '' ? undefined : decode(option, part),
  );
  return {
    socket: { path, tls: false },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database: Number(database) }),
  };
}

function decode(option: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError(`${option}: has a '%' that is not followed by two hexadecimal digits.`);
  }
}

/** Where the server is, for messages; never contains a password. */
export function addressOf({ url, socket }: NodeRedisOptions): string {
  if (url !== undefined) {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  }
  if (socket !== undefined && 'path' in socket && socket.path !== undefined)
    return `unix://${socket.path}`;
  const { host, port = 6379, tls = false }: TcpAddress = socket ?? {};
  // A client of a cluster whose nodes name no host has null there.
  const name = host ?? 'localhost';
  return `${tls ? 'rediss' : 'redis'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

interface TcpAddress {
  readonly host?: string | null | undefined;
  readonly port?: number | undefined;
  readonly tls?: boolean | undefined;
}
