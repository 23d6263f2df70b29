/**
 * What users of `consul lock` and `etcdctl lock` complain of: exit codes that are swallowed, signals that are
 * ignored, orphans, and no reaction to a lost lock.
 */
import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { register, unregister } from '@holdfast/support';
import { until } from '../contract/patience.js';
import { oneServer } from '../redis/one-server.js';
import { isAlive } from './alive.js';
import { Holdfast, PROGRAM } from './holdfast.js';
import { startMute } from './mute.js';

const server = oneServer();

/** For what needs a /proc. */
const LINUX = { skip: process.platform !== 'linux' };

/** A command that says so when it runs, hears signals, and ends with the exit code 3 at a SIGTERM. */
const HEARS = `
  for name in INT HUP USR1 USR2 QUIT; do trap "echo heard $name" $name; done
  trap 'echo heard TERM; exit 3' TERM
  echo up
  while :; do sleep 0.05; done`;

/** A command with a child of its own, both deaf to all that can be ignored. */
const DEAF_FAMILY = `
  trap '' TERM INT HUP
  sleep 600 & echo family $$ $!
  wait`;

/** The same in a session of its own. */
const ELSEWHERE = `setsid sh -c '${DEAF_FAMILY.replaceAll("'", '"')}'`;

function start(args: readonly string[], script: string): Holdfast {
  return Holdfast.start(['run', ...args, '--', 'sh', '-c', script], { url: server.redis.url });
}

/** The deaf family under a lock of its own, which would leave it hours, within the command of another one. */
function startNested(...args: string[]): Holdfast {
  const inner = [
    'run',
    'inner',
    '--ttl',
    '1h',
    '--kill-after',
    '1h',
    '--',
    'sh',
    '-c',
    DEAF_FAMILY,
  ];
  return Holdfast.start(['run', ...args, '--', process.execPath, PROGRAM, ...inner], {
    url: server.redis.url,
  });
}

/** The numbers of the command and of its child, which die with this test. */
async function familyOf(holdfast: Holdfast): Promise<Disposable & { alive(): boolean }> {
  const [, ...numbers] = await holdfast.stdout.says(/family (\d+) (\d+)/);
  const pids = numbers.map(Number);
  for (const pid of pids) register(pid);
  return {
    alive: () => pids.some(isAlive),
    [Symbol.dispose]() {
      for (const pid of pids) {
        if (isAlive(pid)) process.kill(pid, 'SIGKILL');
        unregister(pid);
      }
    },
  };
}

/** An operator takes the lock away. */
async function takeAway(name: string): Promise<void> {
  await using locker = await createLocker({ url: server.redis.url });
  assert.equal(await locker.forceRelease(name), true);
}

test('every signal that a command can want to hear reaches it', async () => {
  await using holdfast = start(['job'], HEARS);
  await holdfast.stdout.says(/up/);
  for (const name of ['INT', 'HUP', 'USR1', 'USR2', 'QUIT', 'TERM'] as const) {
    holdfast.kill(`SIG${name}`);
    await holdfast.stdout.says(new RegExp(`heard ${name}`));
  }
  // What the command makes of it counts.
  assert.equal((await holdfast.ended).code, 3);
  assert.deepEqual(await server.witness.command('KEYS', 'lock:*'), []);
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} ends a wait at once, and leaves neither the command nor a place in the line`, async () => {
    await using locker = await createLocker({ url: server.redis.url });
    await using _ = await locker.acquire('job');
    await using holdfast = start(['job'], 'echo ran');
    await server.witness.queued('lock:job', 1);
    const began = performance.now();
    holdfast.kill(signal);
    assert.deepEqual(await holdfast.ended, { code, signal: null, stdout: '', stderr: '' });
    assert.ok(performance.now() - began < 2_000);
    await server.witness.queued('lock:job', 0);
  });
}

test('SIGUSR1 and SIGUSR2 do nothing to a wait', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using _ = await locker.acquire('job');
  await using holdfast = start(['job'], 'echo ran');
  await server.witness.queued('lock:job', 1);
  // They are heard in this order.
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGTERM'] as const) holdfast.kill(signal);
  // Otherwise Node says that its debugger listens.
  assert.deepEqual(await holdfast.ended, { code: 143, signal: null, stdout: '', stderr: '' });
});

test('a signal ends a try to reach a server that says nothing', async () => {
  await using mute = await startMute();
  await using holdfast = Holdfast.start(['run', 'job', '--', 'echo', 'ran'], { url: mute.url });
  await mute.reached;
  holdfast.kill('SIGTERM');
  assert.deepEqual(await holdfast.ended, { code: 143, signal: null, stdout: '', stderr: '' });
});

test('a lost lock ends the command and all that it has started, and is 76', async () => {
  await using holdfast = start(['job', '--ttl', '600ms'], `sleep 600 & ${HEARS}`);
  await holdfast.stdout.says(/up/);
  await takeAway('job');
  const { code, stdout, stderr } = await holdfast.ended;
  assert.equal(code, 76);
  assert.match(stdout, /heard TERM/);
  assert.match(stderr, /Lock "job" .*was lost: .*\n[^]*the command ran, which ended with 3\n/);
});

test('who does not heed SIGTERM is killed after --kill-after, with all its children', async () => {
  await using holdfast = start(['job', '--ttl', '600ms', '--kill-after', '300ms'], DEAF_FAMILY);
  using family = await familyOf(holdfast);
  await takeAway('job');
  const { code, stderr } = await holdfast.ended;
  assert.equal(code, 76);
  assert.match(stderr, /ended with 137/);
  await until(() => !family.alive(), 'all have ended');
});

test('a command that was stopped hears that its lock was lost', async () => {
  await using holdfast = start(['job', '--ttl', '600ms'], `echo pid $$; ${HEARS}`);
  const [, pid] = await holdfast.stdout.says(/pid (\d+)[^]*up/);
  process.kill(Number(pid), 'SIGSTOP');
  await takeAway('job');
  const { code, stdout } = await holdfast.ended;
  assert.equal(code, 76);
  assert.match(stdout, /heard TERM/);
});

test('--on-lost kill does not ask first', async () => {
  await using holdfast = start(['job', '--ttl', '600ms', '--on-lost', 'kill'], HEARS);
  await holdfast.stdout.says(/up/);
  await takeAway('job');
  const { code, stdout, stderr } = await holdfast.ended;
  assert.equal(code, 76);
  assert.doesNotMatch(stdout, /heard/);
  assert.match(stderr, /ended with 137/);
});

test('--on-lost ignore says so, and leaves the command and its exit code alone', async () => {
  const args = ['job', '--ttl', '600ms', '--on-lost', 'ignore'];
  await using holdfast = start(args, 'echo up; cat; exit 5');
  await holdfast.stdout.says(/up/);
  await takeAway('job');
  await holdfast.stderr.says(/was lost/);
  holdfast.write('');
  const { code } = await holdfast.ended;
  assert.equal(code, 5);
});

test('what holdfast says leaves the pipes of the command as they are', LINUX, async () => {
  const args = ['job', '--ttl', '600ms', '--on-lost', 'ignore'];
  await using holdfast = start(args, 'echo up; cat; cat /proc/self/fdinfo/1 /proc/self/fdinfo/2');
  await holdfast.stdout.says(/up/);
  await takeAway('job');
  await holdfast.stderr.says(/was lost/);
  holdfast.write('');
  const { stdout } = await holdfast.ended;
  const flags = [...stdout.matchAll(/^flags:\s+(\d+)$/gm)].map(([, octal = '']) =>
    parseInt(octal, 8),
  );
  assert.equal(flags.length, 2);
  for (const flag of flags) assert.equal(flag & constants.O_NONBLOCK, 0);
});

test('a server that falls silent ends the command when the lease is over', async () => {
  await using holdfast = start(['job', '--ttl', '600ms'], HEARS);
  await holdfast.stdout.says(/up/);
  server.redis.pause();
  try {
    const { code, stderr } = await holdfast.ended;
    assert.equal(code, 76);
    assert.match(stderr, /its deadline passed/);
  } finally {
    server.redis.resume();
  }
});

test('who is told to end when the command has ended does not wait for Redis', async () => {
  await using holdfast = start(['job'], 'trap "" TERM; echo up; cat; exit 4');
  await holdfast.stdout.says(/up/);
  server.redis.pause();
  const telling = setInterval(() => holdfast.kill('SIGTERM'), 50);
  try {
    holdfast.write('');
    const { code, stderr } = await holdfast.ended;
    // Otherwise it would say that Redis gave no answer.
    assert.deepEqual([code, stderr], [4, '']);
  } finally {
    clearInterval(telling);
    server.redis.resume();
  }
});

test('an outage that is shorter than the ttl harms nobody', async () => {
  await using holdfast = start(['job', '--ttl', '20s'], 'echo up; cat; exit 4');
  await holdfast.stdout.says(/up/);
  await server.witness.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  holdfast.write('');
  const { code, stderr } = await holdfast.ended;
  assert.deepEqual([code, stderr], [4, '']);
});

test('nothing is orphaned when holdfast is killed, and the command is asked first', async () => {
  await using holdfast = start(['job'], `sleep 600 & ${HEARS}`);
  await holdfast.stdout.says(/up/);
  holdfast.kill('SIGKILL');
  // Its stdout ends when all have ended who have it.
  const { signal, stdout } = await holdfast.ended;
  assert.equal(signal, 'SIGKILL');
  assert.match(stdout, /heard TERM/);
});

test('the command of a holdfast that was stopped ends soon after its lease', async () => {
  await using holdfast = start(['job', '--ttl', '600ms'], HEARS);
  await holdfast.stdout.says(/up/);
  holdfast.kill('SIGSTOP');
  await holdfast.stdout.says(/heard TERM/);
  holdfast.kill('SIGCONT');
  assert.equal((await holdfast.ended).code, 76);
});

test('--on-lost ignore leaves the command alone when holdfast is killed, too', async () => {
  const args = ['job', '--ttl', '600ms', '--on-lost', 'ignore'];
  await using holdfast = start(args, 'echo up; cat; echo done');
  await holdfast.stdout.says(/up/);
  holdfast.kill('SIGKILL');
  await using locker = await createLocker({ url: server.redis.url });
  await using _ = await locker.acquire('job');
  holdfast.write('');
  assert.match((await holdfast.ended).stdout, /done/);
});

test('whatever left the group ends as well, when the lock is lost', LINUX, async () => {
  await using holdfast = start(['job', '--ttl', '600ms', '--kill-after', '300ms'], ELSEWHERE);
  using family = await familyOf(holdfast);
  await takeAway('job');
  assert.equal((await holdfast.ended).code, 76);
  await until(() => !family.alive(), 'all have ended');
});

test('whatever left the group ends as well, when holdfast is killed', LINUX, async () => {
  await using holdfast = start(['job', '--ttl', '3s'], ELSEWHERE);
  using family = await familyOf(holdfast);
  holdfast.kill('SIGKILL');
  await until(() => !family.alive(), 'all have ended');
});

test(
  'what runs under a lock within ends with the outer one, when that is lost',
  LINUX,
  async () => {
    await using holdfast = startNested('outer', '--ttl', '3s', '--kill-after', '300ms');
    using family = await familyOf(holdfast);
    await takeAway('outer');
    await holdfast.stderr.says(/Lock "outer" .*was lost/);
    await until(() => !family.alive(), 'all have ended');
    assert.equal((await holdfast.ended).code, 76);
  },
);

test('what runs under a lock within is gone before the outer lease is over', LINUX, async () => {
  await using holdfast = startNested('outer', '--ttl', '3s');
  using family = await familyOf(holdfast);
  await using locker = await createLocker({ url: server.redis.url });
  const next = locker.acquire('outer');
  await server.witness.queued('lock:outer', 1);
  holdfast.kill('SIGKILL');
  await next;
  assert.equal(family.alive(), false);
});

test('whoever is deaf then is killed before the lease is over', async () => {
  await using holdfast = start(['job', '--ttl', '6s'], DEAF_FAMILY);
  using family = await familyOf(holdfast);
  await using locker = await createLocker({ url: server.redis.url });
  const next = locker.acquire('job');
  await server.witness.queued('lock:job', 1);
  holdfast.kill('SIGKILL');
  await next;
  assert.equal(family.alive(), false);
});
