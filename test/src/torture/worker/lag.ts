import { now } from '../clock.js';

const INTERVAL = 50;
/** A later tick than this is worth a note, in ms. */
const NOTEWORTHY = 75;

/** Tells when this event loop stood still, from a moment before it until now. */
export function watchLag(note: (from: number, to: number) => void): NodeJS.Timeout {
  let last = now();
  const timer = setInterval(() => {
    const tick = now();
    if (tick - last > INTERVAL + NOTEWORTHY) note(last, tick);
    last = tick;
  }, INTERVAL);
  return timer.unref();
}
