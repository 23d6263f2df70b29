const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Holds up this thread, in ms. To its event loop it is the same as work that takes so long, and whatever else
 * runs on the machine keeps the processor.
 */
export function standStill(time: number): void {
  Atomics.wait(nobody, 0, 0, time);
}
