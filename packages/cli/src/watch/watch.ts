import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker, RedisUnreachableError } from '@holdfast/core';
import { lockerOptions, targetOf } from '../connection/options.js';
import { duration } from '../duration.js';
import { paint } from '../output/paint.js';
import { printable } from '../output/printable.js';
import { checked } from '../usage-error.js';
import { wholeNumber } from '../whole-number.js';
import type { WatchOptions } from './command.js';
import { frame, roomFor } from './frame.js';
import { HandOffs } from './hand-offs.js';
import { Leases } from './leases.js';
import { type Look, lookAt } from './look.js';
import { openScreen } from './screen.js';
import { print } from '../output/print.js';

/** Of those whose lines are told, for programs: as many as a terminal could have. */
const MOST_LINES = 200;

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Looks again and again at what is held and waited for, until it is told to end. */
export async function watch(pattern: string | undefined, options: WatchOptions): Promise<void> {
  const interval = await checked(() => duration('--interval', options.interval, 50));
  const count = options.count === undefined ? Infinity : wholeNumber('--count', options.count);
  const stop = new AbortController();
  for (const signal of ENDING) {
    // Who says it twice does not wait for a server that is silent.
    process.on(signal, () => (stop.signal.aborted ? process.exit() : stop.abort()));
  }
  await using locker = await checked(() => createLocker(lockerOptions(options)));
  await using handOffs = new HandOffs(targetOf(options));
  using view = options.json === true ? openLog() : await openView();
  await checked(() => locker.list({ match: pattern }));
  for (let looks = 1; !stop.signal.aborted; looks += 1) {
    try {
      // A live view is one look after the other.
      // oxlint-disable-next-line no-await-in-loop
      const look = await lookAt(locker, pattern, view.shown);
      // oxlint-disable-next-line no-await-in-loop
      view.show(look, await handOffs.rate());
    } catch (error) {
      if (!(error instanceof RedisUnreachableError)) throw error;
      view.away(error);
    }
    if (looks >= count) return;
    // oxlint-disable-next-line no-await-in-loop
    await sleep(interval, undefined, stop).catch(() => {});
  }
}

interface View extends Disposable {
  /** How many locks it shows whole. */
  readonly shown: number;
  show(look: Look, handOffs: number | undefined): void;
  /** The server gives no answer; the next look may have one. */
  away(error: RedisUnreachableError): void;
}

async function openView(): Promise<View> {
  const screen = await openScreen();
  const leases = new Leases();
  return {
    get shown() {
      return roomFor(screen.size);
    },
    show(look, handOffs) {
      screen.draw(frame(look, handOffs, leases, screen.size));
      leases.keep(look.locks.flatMap(({ holders }) => holders));
    },
    away: ({ message }) => screen.draw(paint('red', printable(message))),
    [Symbol.dispose]: () => screen[Symbol.dispose](),
  };
}

/** A line of JSON for each look. */
function openLog(): View {
  return {
    shown: MOST_LINES,
    show: ({ locks, waiting }, handOffs) => write({ at: new Date(), locks, waiting, handOffs }),
    away: ({ code, message }) => write({ at: new Date(), error: { code, message } }),
    [Symbol.dispose]() {},
  };
}

function write(value: object): void {
  print(JSON.stringify(value));
}
