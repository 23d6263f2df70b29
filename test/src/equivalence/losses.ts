import type { RawClient } from '../redis/raw-client.js';

/** Copies all keys of one database, with what is left of them, into another one, which is emptied. */
const COPY = `
redis.call('SELECT', ARGV[2])
redis.call('FLUSHDB')
redis.call('SELECT', ARGV[1])
for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('COPY', key, key, 'DB', ARGV[2]) end
redis.call('SELECT', 0)`;

/** An epoch, too, is older after some time has passed. */
const AGE = `
local text = redis.call('GET', KEYS[1])
if not text then return end
local history, over, shortest, began, reign = string.match(text, '^(%x+) (%d+) (%d+) (%d+) (%S+)$')
redis.call('SET', KEYS[1],
  string.format('%s %d %d %d %s', history, over - ARGV[1], shortest, began - ARGV[1], reign))`;

/** What a server had at a moment is kept in its second database, so that it can lose what came since. */
export class Losses {
  readonly #admin: RawClient;
  readonly #epoch: string;
  readonly #age: (ms: number) => Promise<void>;
  #passed = 0;
  #saved = 0;

  /** `age` takes time off every key. */
  constructor(admin: RawClient, scope: string, age: (ms: number) => Promise<void>) {
    this.#admin = admin;
    this.#epoch = `holdfast:epoch:${scope}`;
    this.#age = age;
  }

  /** How much has passed since it began, in ms. */
  get passed(): number {
    return this.#passed;
  }

  async begin(): Promise<void> {
    this.#passed = 0;
    await this.save();
  }

  async pass(ms: number): Promise<void> {
    this.#passed += ms;
    await this.#age(ms);
    await this.#admin.command('EVAL', AGE, '1', this.#epoch, String(ms));
  }

  async save(): Promise<void> {
    this.#saved = this.#passed;
    await this.#admin.command('EVAL', COPY, '0', '0', '1');
  }

  /** What it was when it was saved, under another reign. */
  async lose(): Promise<void> {
    await this.#admin.command('EVAL', COPY, '0', '1', '0');
    await this.#age(this.#passed - this.#saved);
    await this.#admin.command('DEL', this.#epoch);
  }
}
