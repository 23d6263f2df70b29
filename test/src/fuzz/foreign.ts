import { type Arbitrary, constantFrom, oneof, record, string } from 'fast-check';

/** How another program writes something under a key, and the data type that it then has. */
export interface Foreign {
  readonly type: string;
  /** The command, and what follows the key. */
  readonly write: readonly [command: string, ...values: string[]];
}

const text: Arbitrary<Foreign> = string({ minLength: 1 }).map((value) => ({
  type: 'string',
  write: ['SET', value],
}));

export const collection: Arbitrary<Foreign> = record({
  type: constantFrom('hash', 'list', 'set', 'zset', 'stream'),
  value: string(),
}).map(({ type, value }) => {
  const ways: Record<string, Foreign['write']> = {
    hash: ['HSET', 'field', value],
    list: ['LPUSH', value],
    set: ['SADD', value],
    zset: ['ZADD', '1', value],
    stream: ['XADD', '*', 'field', value],
  };
  return { type, write: ways[type] as Foreign['write'] };
});

export const foreign: Arbitrary<Foreign> = oneof(text, collection);

/** A value near to the one of a holder, and not it. */
export const nearValue: Arbitrary<(token: string, fence: number) => string> = constantFrom(
  (token: string) => token,
  (token: string) => `${token} `,
  (token: string) => `${token} nonsense`,
  (token: string, fence: number) => `${token}${fence}`,
  (token: string, fence: number) => `${token}0 ${fence}`,
  (token: string, fence: number) => `${token}\n${fence}`,
  (token: string, fence: number) => ` ${token} ${fence}`,
  (token: string, fence: number) => `${token.slice(1)} ${fence}`,
  (token: string, fence: number) => `${token.toLowerCase()}! ${fence}`,
  (_: string, fence: number) => String(fence),
);
