import { subscribe } from 'node:diagnostics_channel';
import type { DiagnosticMessages } from '../../../packages/core/dist/index.js';

let tell: ((token: string) => void) | undefined;

subscribe('holdfast:hand-off', (message) => {
  tell?.((message as DiagnosticMessages['holdfast:hand-off']).token);
});

/** Does the work with a subscriber of `holdfast:hand-off`, who learns which token got a lock. */
export function subscribed(subscriber: (token: string) => void, work: () => void): void {
  tell = subscriber;
  try {
    work();
  } finally {
    tell = undefined;
  }
}
