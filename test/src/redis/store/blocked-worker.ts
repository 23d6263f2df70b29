/** A program whose event loop is held up most of the time. */
import { serveWorker, standStill } from '@holdfast/support';
import { sourceOfOptions } from '../../../../packages/core/dist/redis/connections/source.js';
import { acquire, Client, renew } from './client.js';

export type Commands = {
  /** Opens a session with these time limits, and holds `lock:held`. */
  open(url: string, commandTimeout: number, connectTimeout?: number): Promise<void>;
  /** What becomes of operations while the loop is blocked for `stall` ms again and again. */
  operateBlocked(stall: number, silence: number): Promise<string[]>;
  /** What becomes of the wake channel meanwhile. */
  listenBlocked(stall: number): Promise<string>;
  /** What becomes of one that is sent right before the loop is blocked for `stall` ms, once. */
  operateBefore(stall: number, silence: number): Promise<string>;
};

let client: Client;
let fence: number;

const handlers: Commands = {
  async open(url, commandTimeout, connectTimeout) {
    client = await Client.open(sourceOfOptions({ url }, connectTimeout), { commandTimeout });
    fence = await client.hold('lock:held', 'me/1');
  },

  async operateBlocked(stall, silence) {
    using _ = blockAgainAndAgain(stall);
    const kinds: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all([
        client.send(renew('lock:held', 'me/1', fence), { silence }),
        client.send(acquire(`lock:${round}`, 'me/2'), { silence }),
      ]);
      kinds.push(...answers.map(({ kind }) => kind));
    }
    return kinds;
  },

  async listenBlocked(stall) {
    using _ = blockAgainAndAgain(stall);
    const failure = await client.channel.listen();
    return failure?.kind ?? 'listening';
  },

  async operateBefore(stall, silence) {
    const answer = client.send(renew('lock:held', 'me/1', fence), { silence });
    setImmediate(() => standStill(stall));
    return (await answer).kind;
  },
};

function blockAgainAndAgain(stall: number): Disposable {
  let isOver = false;
  const goOn = (): void => {
    standStill(stall);
    if (!isOver) setImmediate(goOn);
  };
  goOn();
  return {
    [Symbol.dispose]() {
      isOver = true;
    },
  };
}

serveWorker(handlers);
