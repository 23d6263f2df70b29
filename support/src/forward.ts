import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gate } from './gate.js';

/** What happens to the bytes on their way. It is asked anew for each chunk. */
export interface Weather {
  /** Nothing passes any more, and nobody is told. */
  readonly forgotten: boolean;
  readonly delay: number;
  readonly gate: Gate;
  readonly rewrite: ((chunk: Buffer) => Buffer) | undefined;
}

/**
 * Hands on what one socket says to another, all of it in line, so that it keeps its order in any
 * weather.
 */
export function forward(from: Socket, to: Socket, weather: () => Weather): void {
  let line = Promise.resolve();
  const inLine = (act: () => void): void => {
    const due = performance.now() + weather().delay;
    line = line.then(async () => {
      await until(due);
      await weather().gate.passed();
      if (!weather().forgotten) act();
    });
  };
  from.on('data', (chunk: Buffer) => {
    inLine(() => {
      const { rewrite } = weather();
      if (to.writable) to.write(rewrite === undefined ? chunk : rewrite(chunk));
    });
  });
  // The news that a connection has ended travels no faster than what was said on it.
  from.on('end', () => inLine(() => to.end()));
  from.on('error', () => inLine(() => to.resetAndDestroy()));
}

/** Timers may be early by part of a millisecond; a delay that a test measures may not. */
async function until(due: number): Promise<void> {
  for (let left = due - performance.now(); left > 0; left = due - performance.now()) {
    await sleep(Math.ceil(left));
  }
}
