import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorker } from '@holdfast/support';
import type { Commands, Told } from './redis-holder.js';

const module = new URL('./redis-holder.js', import.meta.url);

test('a worker answers requests and tells of events', async () => {
  await using worker = await startWorker<Commands, Told>(module);
  assert.equal(await worker.request('ping'), 'pong');
  await worker.request('say', 'kept until somebody asks');
  assert.equal(await worker.event('said'), 'kept until somebody asks');
});

test('a failed request rejects with the name and the code of the error', async () => {
  await using worker = await startWorker<Commands, Told>(module);
  await assert.rejects(worker.request('fail', 'ODD'), { name: 'RangeError', code: 'ODD' });
});

test('a killed worker says how it ended and fails what it was asked', async () => {
  await using worker = await startWorker<Commands, Told>(module);
  const request = worker.request('hang');
  worker.kill('SIGKILL');
  await assert.rejects(request, /ended with SIGKILL/);
  assert.deepEqual(await worker.exited, { code: null, signal: 'SIGKILL' });
  await assert.rejects(worker.request('ping'), /ended with SIGKILL/);
});

test('a paused worker answers once it is resumed', async () => {
  await using worker = await startWorker<Commands, Told>(module);
  worker.pause();
  const request = worker.request('ping');
  const first = await Promise.race([
    request,
    new Promise((resolve) => setTimeout(resolve, 20, 'silence')),
  ]);
  assert.equal(first, 'silence');
  worker.resume();
  assert.equal(await request, 'pong');
});

test('a worker that ends before it serves does not start', async () => {
  await assert.rejects(startWorker(module, ['exit']), /ended with code 3/);
});
