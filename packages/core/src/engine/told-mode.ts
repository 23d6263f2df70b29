import type { ModeMessage } from '../diagnostics.js';
import type { Room } from '../store/port.js';

const EXCLUSIVELY: ModeMessage = {};

/** As a message says how a lock is asked for. */
export function toldMode(room: Room | undefined): ModeMessage {
  if (room === undefined) return EXCLUSIVELY;
  return room.limit === Infinity ? { mode: 'shared' } : { mode: 'limited', ...room };
}
