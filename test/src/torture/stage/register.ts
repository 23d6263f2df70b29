/**
 * The fenced register: a resource that remembers the highest token of each lock and refuses lower
 * ones. A process of its own, which no fault touches: `node register.js <socket> <log>`.
 */
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { serveWorker } from '@holdfast/support';
import { now } from '../clock.js';
import type { RegisterEntry } from '../history/record.js';

const [, , path = '', log = ''] = process.argv;
const file = openSync(log, 'w');
const highest = new Map<string, number>();

function write(lock: string, fencingToken: number): boolean {
  const seen = highest.get(lock) ?? 0;
  const accepted = fencingToken >= seen;
  if (accepted) highest.set(lock, fencingToken);
  const entry: RegisterEntry = { at: now(), lock, fencingToken, accepted };
  writeSync(file, `${JSON.stringify(entry)}\n`);
  return accepted;
}

const server = createServer((socket) => {
  const lines = createInterface(socket);
  lines.on('line', (line) => {
    const [lock = '', fencingToken] = line.split(' ');
    socket.write(write(lock, Number(fencingToken)) ? 'accepted\n' : 'refused\n');
  });
  // Who is killed resets its connection; the reader of lines repeats the error.
  for (const side of [socket, lines]) side.on('error', () => socket.destroy());
});
server.listen(path, () => serveWorker({}));
