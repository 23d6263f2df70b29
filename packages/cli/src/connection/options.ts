import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { LockerOptions } from '@holdfast/core';
import { UsageError } from '../usage-error.js';

/** Where the server is, and which of its keys are locks: the options that all commands have. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly prefix?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export function withConnection(command: Command): Command {
  return command
    .option('--url <url>', 'the server: redis:, rediss: or unix: (default: $REDIS_URL)')
    .option('--prefix <text>', "stands before every name in Redis (default: 'lock:')")
    .option(
      '--tls-ca <file>',
      'certificates of those who may sign for the server, instead of those known',
    )
    .option('--tls-cert <file>', 'a certificate of our own')
    .option('--tls-key <file>', 'its key');
}

export interface Target {
  readonly url: string;
  /** Undefined: as the URL says. */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | undefined;
}

const DEFAULT_URL = 'redis://localhost:6379';

export function targetOf(options: ConnectionOptions): Target {
  const { REDIS_URL } = process.env;
  const url =
    options.url ?? (REDIS_URL === undefined || REDIS_URL === '' ? DEFAULT_URL : REDIS_URL);
  const { tlsCa, tlsCert, tlsKey } = options;
  if (tlsCa === undefined && tlsCert === undefined && tlsKey === undefined) {
    return { url, tls: undefined };
  }
  if (!url.startsWith('rediss:')) {
    throw new UsageError(
      '--tls-ca, --tls-cert and --tls-key are for a URL that begins with rediss:',
    );
  }
  return {
    url,
    tls: {
      ...(tlsCa === undefined ? {} : { ca: read('--tls-ca', tlsCa) }),
      ...(tlsCert === undefined ? {} : { cert: read('--tls-cert', tlsCert) }),
      ...(tlsKey === undefined ? {} : { key: read('--tls-key', tlsKey) }),
    },
  };
}

/** What the library has to know of it. */
export function lockerOptions(options: ConnectionOptions): LockerOptions {
  const keyPrefix = options.prefix;
  const { url, tls } = targetOf(options);
  // Without a URL of ours the library takes that of the environment, and names it if it is wrong.
  if (tls === undefined) return { url: options.url, keyPrefix };
  return { redis: { url, socket: { ...tls, tls: true } }, keyPrefix };
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : path}`);
  }
}

/** Where the server is, for people; never contains a password. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return url.replace(/\/\/.*@/, '//');
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
