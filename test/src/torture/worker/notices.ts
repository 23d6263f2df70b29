import { subscribe } from 'node:diagnostics_channel';
import type { DiagnosticMessages } from '@holdfast/core';

/** Tells which connections stand and end, and which masters are replaced, as lockers here see it. */
export function noteTopology(note: (message: string) => void): void {
  subscribe('holdfast:connection', (message) => {
    const { address, purpose, state, cause } = message as DiagnosticMessages['holdfast:connection'];
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    note(`${purpose} at ${address} ${state}${why}`);
  });
  subscribe('holdfast:topology', (message) => {
    const { from, to, slots } = message as DiagnosticMessages['holdfast:topology'];
    note(`from ${from} to ${to}, slots ${slots.join(' ')}`);
  });
}
