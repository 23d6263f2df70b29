import { Gate } from '@holdfast/support';
import { eventually } from '../contract/patience.js';

/** A place to wait at until so many have come. */
export function meeting(size: number): () => Promise<void> {
  const gate = new Gate();
  gate.shut();
  let come = 0;
  return () => {
    come += 1;
    if (come === size) gate.open();
    return eventually(gate.passed(), `all ${size} have come`);
  };
}
