/** Asks a server whenever it is told to, and counts the answers where another thread can wait for them. */
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { Duty } from './witness.js';

const { port, answers } = workerData as Duty;
const socket = connect({ host: '127.0.0.1', port, noDelay: true });
socket.on('data', () => {
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});
parentPort?.on('message', () => socket.write('PING\r\n'));
