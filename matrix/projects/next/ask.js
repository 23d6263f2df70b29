/** Starts what was built, and asks its route, which takes locks. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const child = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'start', '-p', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  for await (const line of createInterface(child.stdout)) {
    console.log(line);
    const [url] = /http:\/\/localhost:\d+/.exec(line) ?? [];
    if (url === undefined) continue;
    const response = await fetch(`${url}/api`);
    assert.deepEqual(await response.json(), [true, '42 under invoice:42']);
    break;
  }
} finally {
  child.kill();
  await once(child, 'exit');
}
