import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Rig } from './rig.js';

describe('a process that is not heard at the server', () => {
  test('opens its channel anew and asks once more, before it stands in line', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await line.listen();
    rig.server.strangerTakes('a', 60_000);
    line.deaf = true;
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(0);
    assert.deepEqual(line.doubts, ['certain']);
    assert.equal(line.listens, 2);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
  });

  test('finds out by its poll, comes back with its place, and is served in its turn', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const other = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 3_000 }));
    await rig.clock.advance(10);
    const behind = rig.watch(other.locker.acquire('a', { ttl: 3_000 }));
    await rig.clock.advance(10);
    line.deaf = true;
    await rig.clock.advance(5_000);
    assert.deepEqual(line.doubts, ['certain']);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
    assert.equal(behind.state, 'pending');
    await wait.value?.release();
    await rig.clock.advance(0);
    assert.equal(behind.state, 'fulfilled');
  });

  test('that was passed over doubts its channel when its poll finds it out of the line', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const other = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(10);
    const next = rig.watch(other.locker.acquire('a'));
    await rig.clock.advance(10);
    line.deaf = true;
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    assert.equal(next.state, 'fulfilled');
    line.deaf = false;
    await rig.clock.advance(5_000);
    assert.equal(wait.state, 'pending');
    assert.deepEqual(line.doubts, ['not certain']);
    await next.value?.release();
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
  });

  test('has its channel looked after as long as it waits', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const abort = new AbortController();
    const wait = rig.watch(locker.acquire('a', { signal: abort.signal }));
    await rig.clock.advance(20_000);
    assert.equal(line.probes, 4);
    abort.abort();
    await rig.clock.advance(20_000);
    assert.equal(wait.state, 'rejected');
    assert.equal(line.probes, 4);
  });
});
