import { readFile } from 'node:fs/promises';
import { RawClient } from './raw-client.js';

/** Tests are compiled; this file is not. */
const SOURCE = new URL('../../src/redis/former-script.lua', import.meta.url);

/** What the script of the former version answers: numbers that stand for outcomes, or grants. */
export const FORMER = {
  waiting: 2,
  busy: 3,
  released: 5,
  handedOff: 6,
  lost: 7,
  cancelled: 8,
} as const;

/** Sends what a locker of the former version sent, one operation at a time. */
export class FormerLocker implements AsyncDisposable {
  readonly #client: RawClient;
  readonly #script: string;

  private constructor(client: RawClient, script: string) {
    this.#client = client;
    this.#script = script;
  }

  static async open(url: string): Promise<FormerLocker> {
    const script = await readFile(SOURCE, 'utf8');
    return new FormerLocker(await RawClient.open(url), script);
  }

  /** `place`: once, new, or a ticket. */
  acquire(key: string, token: string, place = 'new'): Promise<unknown> {
    return this.#apply(key, [0, 0, 1, 1, '60000', place, token]);
  }

  renew(key: string, token: string): Promise<unknown> {
    return this.#apply(key, [1, 0, 0, token, '90000']);
  }

  release(key: string, token: string, fencingToken: number): Promise<unknown> {
    return this.#apply(key, [0, 1, 0], `${token} ${fencingToken}`);
  }

  cancel(key: string, token: string): Promise<unknown> {
    return this.#apply(key, [0, 0, 0, 'cancel', token, '60000']);
  }

  /** One number for all that went well; else one item for each. */
  async #apply(key: string, args: unknown[], ...values: string[]): Promise<unknown> {
    const json = JSON.stringify(args);
    const command = ['EVAL', this.#script, '2', 'holdfast:clock', key, json, ...values];
    const reply = await this.#client.command(...command);
    return Array.isArray(reply) ? reply[0] : reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }
}
