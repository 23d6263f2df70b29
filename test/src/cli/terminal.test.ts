/** `holdfast` in a terminal, as a person has it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createLocker } from '@holdfast/core';
import { until } from '../contract/patience.js';
import { oneServer } from '../redis/one-server.js';
import { isAlive } from './alive.js';
import { HOLDFAST, Terminal } from './terminal.js';

const server = oneServer();

/** For the next picture, after the first one. */
const CURSOR_UP = new RegExp(`web-3:4711[^]*${String.raw`\u001b\[\d*A`}`);

function open(command: string, env: NodeJS.ProcessEnv = {}): Terminal {
  return Terminal.start(command, { url: server.redis.url, env });
}

/** A command that counts what the keys send, and ends with the exit code 5 at a line of input. */
const COUNTS =
  `sh -c 'trap "echo heard INT" INT; echo up $$; ` +
  `until read -r line; do :; done; echo "read $line"; exit 5'`;

function stateOf(pid: string): string {
  return execFileSync('ps', ['-o', 'state=', '-p', pid], { encoding: 'utf8' }).trim();
}

test('the terminal is that of the command: it reads, writes and knows its size', async () => {
  await using terminal = open(
    `${HOLDFAST} run job -- sh -c 'stty size; tty; read -r a </dev/tty; echo "<$a>"'`,
  );
  await terminal.screen.says(/30 100\r\n\/dev\/\S+\r\n/);
  terminal.type('hello\n');
  await terminal.screen.says(/<hello>/);
  assert.equal(await terminal.ended, 0);
});

test('Ctrl-C reaches the command once, and holdfast stays until it has ended', async () => {
  await using terminal = open(`exec ${HOLDFAST} run job -- ${COUNTS}`);
  await terminal.screen.says(/up/);
  terminal.type('\x03');
  await terminal.screen.says(/heard INT/);
  await using locker = await createLocker({ url: server.redis.url });
  assert.equal(await locker.tryAcquire('job'), null);
  terminal.type('on\n');
  await terminal.screen.says(/read on/);
  assert.equal(await terminal.ended, 5);
  assert.equal(terminal.screen.text.match(/heard INT/g)?.length, 1);
});

test('Ctrl-C ends a wait that says for whom it waits', async () => {
  await using locker = await createLocker({ url: server.redis.url, owner: 'web-3:4711' });
  await using _ = await locker.acquire('job');
  await using terminal = open(`exec ${HOLDFAST} run job -- echo ran`);
  await terminal.screen.says(/holdfast: waiting for job, held by web-3:4711/);
  await server.witness.queued('lock:job', 1);
  terminal.type('\x03');
  assert.equal(await terminal.ended, 130);
  await server.witness.queued('lock:job', 0);
});

test('Ctrl-Z stops the job, and fg goes on with it under the same lock', async () => {
  // An interactive shell has job control.
  await using terminal = open('sh -i');
  terminal.type(`${HOLDFAST} run job --ttl 1m -- ${COUNTS}\n`);
  const [, job = ''] = await terminal.screen.says(/up (\d+)\r/);
  const token = await server.witness.command('GET', 'lock:job');
  terminal.type('\x1a');
  // The shell has the terminal again. Until the command stands still as well it may read what is typed.
  await terminal.screen.says(/Stopped/);
  await until(() => stateOf(job).startsWith('T'), 'the command stands still');
  terminal.type('fg; echo "code $?"\n');
  assert.equal(await server.witness.command('GET', 'lock:job'), token);
  terminal.type('on\n');
  await terminal.screen.says(/read on/);
  await terminal.screen.says(/code 5/);
  terminal.type('exit\n');
  await terminal.ended;
});

test('a job that was stopped for longer than its lease ends when it goes on', async () => {
  await using terminal = open('sh -i');
  terminal.type(`${HOLDFAST} run job --ttl 500ms -- ${COUNTS}\n`);
  await terminal.screen.says(/up \d+\r/);
  terminal.type('\x1a');
  await terminal.screen.says(/Stopped/);
  await until(async () => (await server.witness.command('EXISTS', 'lock:job')) === 0, 'it ran out');
  terminal.type('fg; echo "code $?"\n');
  await terminal.screen.says(/was lost/);
  await terminal.screen.says(/code 76/);
  terminal.type('exit\n');
  await terminal.ended;
});

test('the command ends with holdfast that is killed, in a terminal, too', async () => {
  await using terminal = open(
    `sh -c 'echo holdfast $$; exec ${HOLDFAST} run job -- sh -c "echo command \\$\\$; exec cat"'; sleep 600`,
  );
  const [, holdfast, command] = await terminal.screen.says(/holdfast (\d+)[^]*command (\d+)/);
  process.kill(Number(holdfast), 'SIGKILL');
  await until(() => !isAlive(Number(command)), 'the command has ended');
});

test('watch redraws in place, within the width, and leaves the terminal in order', async () => {
  await using locker = await createLocker({ url: server.redis.url, owner: 'web-3:4711' });
  await using _ = await locker.acquire(`order:${'4'.repeat(200)}`);
  await using terminal = open(`exec ${HOLDFAST} watch --interval 50ms`);
  // The cursor goes up for the second picture.
  await terminal.screen.says(CURSOR_UP);
  assert.match(terminal.screen.text, /█+/);
  terminal.type('\x03');
  assert.equal(await terminal.ended, 0);
  const { text } = terminal.screen;
  assert.ok(text.lastIndexOf('\x1b[?25h') > text.lastIndexOf('\x1b[?25l'));
  const drawn = stripVTControlCharacters(text).split(/\r?\n/);
  assert.deepEqual(
    drawn.filter((line) => line.length > 100),
    [],
  );
});

/** All that a command says in a terminal. */
async function shown(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  await using terminal = open(command, env);
  assert.equal(await terminal.ended, 0);
  return terminal.screen.text;
}

test('colours are for terminals, and NO_COLOR and FORCE_COLOR are heeded', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using _ = await locker.acquire('job');
  const [bright, plain, piped, forced] = await Promise.all([
    shown(`${HOLDFAST} ls`, {}),
    shown(`${HOLDFAST} ls`, { NO_COLOR: '1' }),
    shown(`${HOLDFAST} ls | cat`, {}),
    shown(`${HOLDFAST} ls | cat`, { FORCE_COLOR: '1' }),
  ]);
  assert.ok(bright.includes('\x1b[2mNAME'));
  assert.ok(!plain.includes('\x1b'));
  assert.ok(!piped.includes('\x1b'));
  assert.ok(forced.includes('\x1b[2mNAME'));
});

test('release asks, shows from whom it takes, and takes a no for a no', async () => {
  await using locker = await createLocker({ url: server.redis.url, owner: 'web-3:4711' });
  await using lock = await locker.acquire('job');
  for (const [answer, code] of [
    ['\n', 1],
    ['\x03', 1],
    ['\x04', 1],
    ['y\n', 0],
  ] as const) {
    await using terminal = open(`exec ${HOLDFAST} release job --force`);
    await terminal.screen.says(/web-3:4711[^]*\[y\/N\]/);
    terminal.type(answer);
    assert.equal(await terminal.ended, code);
  }
  await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
});
