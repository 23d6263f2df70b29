/** A program that keeps its event loop busy most of the time. */
import { serveWorker } from '@holdfast/support';
import { acquire, Client, renew } from './client.js';

export type Commands = {
  /** Opens a session with this `commandTimeout`, and holds `lock:held`. */
  open(url: string, commandTimeout: number): Promise<void>;
  /** What becomes of operations while the loop is blocked for `stall` ms again and again. */
  operateBlocked(stall: number, silence: number): Promise<string[]>;
  /** What becomes of one that is sent right before the loop is blocked for `stall` ms, once. */
  operateBefore(stall: number, silence: number): Promise<string>;
};

let client: Client;
let fence: number;

const handlers: Commands = {
  async open(url, commandTimeout) {
    client = await Client.open(url, { commandTimeout });
    fence = await client.hold('lock:held', 'me/1');
  },

  async operateBlocked(stall, silence) {
    let isOver = false;
    const goOn = (): void => {
      block(stall);
      if (!isOver) setImmediate(goOn);
    };
    goOn();
    const kinds: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all([
        client.send(renew('lock:held', 'me/1', fence), { silence }),
        client.send(acquire(`lock:${round}`, 'me/2'), { silence }),
      ]);
      kinds.push(...answers.map(({ kind }) => kind));
    }
    isOver = true;
    return kinds;
  },

  async operateBefore(stall, silence) {
    const answer = client.send(renew('lock:held', 'me/1', fence), { silence });
    setImmediate(() => block(stall));
    return (await answer).kind;
  },
};

function block(time: number): void {
  const end = performance.now() + time;
  while (performance.now() < end);
}

serveWorker(handlers);
