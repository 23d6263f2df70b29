import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTempFolder } from '@holdfast/support';
import { oneServer } from '../redis/one-server.js';
import { hasOpenssl, openEntrance } from '../redis/tls-entrance.js';
import { Holdfast } from './holdfast.js';

const server = oneServer();

const SECRET = 'pass-word';

/** That of a user whose password is `SECRET`. */
async function urlWith(password: string): Promise<string> {
  const rights = ['~*', '&*', '+@all'];
  await server.witness.command('ACL', 'SETUSER', 'worker', 'on', `>${SECRET}`, ...rights);
  return server.redis.url.replace('//', `//worker:${password}@`);
}

/** What everybody on the machine can read of the processes that run. */
function processList(): string {
  if (process.platform !== 'linux') {
    return execFileSync('ps', ['-A', '-o', 'args'], { encoding: 'utf8' });
  }
  // A small system has no `ps`; this is what it reads.
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map((pid) => commandOf(pid)).join('\n');
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

test('a user and a password come by the environment, and nobody sees them', async () => {
  await using holdfast = Holdfast.start(['run', 'job', '--', 'sh', '-c', 'echo up; cat'], {
    url: await urlWith(SECRET),
  });
  await holdfast.stdout.says(/up/);
  const listed = processList();
  assert.match(listed, /run job -- sh/);
  assert.ok(!listed.includes(SECRET));
  holdfast.write('');
  assert.equal((await holdfast.ended).code, 0);
});

test(
  'a password in --url is taken out of the process list',
  { skip: process.platform !== 'linux' },
  async () => {
    const args = ['run', 'job', '--url', await urlWith(SECRET), '--', 'sh', '-c', 'echo up; cat'];
    await using holdfast = Holdfast.start(args);
    await holdfast.stdout.says(/up/);
    assert.ok(!processList().includes(SECRET));
    holdfast.write('');
    assert.equal((await holdfast.ended).code, 0);
  },
);

test('no command says a password, whatever goes wrong', async () => {
  const wrong = 'wrong-word';
  const refusing = await urlWith(wrong);
  const away = `redis://worker:${wrong}@127.0.0.1:1`;
  const attempts = [['run', 'job', '--', 'true'], ['ls'], ['doctor', '--json']].flatMap((args) =>
    [refusing, away].map((url) => ({ args, url, expected: url === away ? 69 : 77 })),
  );
  const endings = await Promise.all(attempts.map(({ args, url }) => Holdfast.run(args, { url })));
  for (const [index, { code, stdout, stderr }] of endings.entries()) {
    assert.equal(code, attempts[index]?.expected, stderr);
    assert.ok(!`${stdout}${stderr}`.includes(wrong));
  }
  const good = await Holdfast.run(['doctor'], { url: await urlWith(SECRET) });
  assert.equal(good.code, 0);
  assert.ok(!`${good.stdout}${good.stderr}`.includes(SECRET));
});

test('TLS, with a certificate that --tls-ca names', { skip: !hasOpenssl() }, async () => {
  await using entrance = await openEntrance(server.redis.port);
  await using folder = await makeTempFolder();
  const ca = join(folder.path, 'ca.pem');
  await writeFile(ca, entrance.ca);
  const url = `rediss://worker:${SECRET}@127.0.0.1:${entrance.port}`;
  const run = await Holdfast.run(['run', 'job', '--tls-ca', ca, '--', 'echo', 'ran'], { url });
  assert.deepEqual(run, { code: 0, signal: null, stdout: 'ran\n', stderr: '' });
  assert.equal((await Holdfast.run(['doctor', '--tls-ca', ca], { url })).code, 0);
  const untrusted = await Holdfast.run(['run', 'job', '--', 'echo', 'ran'], { url });
  assert.deepEqual([untrusted.code, untrusted.stdout], [69, '']);
});
