import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cutAfter, cutBefore, lostReply, neverSent, refused, refusedForNow } from './fate.js';
import { lossOf } from './loss.js';
import { Rig } from './rig.js';

describe('forceRelease', () => {
  test('takes the lock from its holder, who learns it at the next renewal', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const admin = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    const { signal } = lock;
    assert.equal(await admin.locker.forceRelease('a'), true);
    assert.equal(rig.server.size, 0);
    await rig.clock.advance(300);
    assert.equal(lossOf(signal).reason, 'gone');
  });

  test('hands the lock to the next in line', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(0);
    assert.equal(await locker.forceRelease('a'), true);
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
  });

  test('says when nobody held the lock', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    assert.equal(await locker.forceRelease('a'), false);
  });

  test('is sent once only, whatever becomes of it: again, it would hit the next holder', async () => {
    for (const fate of [lostReply, cutBefore, cutAfter]) {
      await using rig = new Rig();
      const { locker, line } = await rig.party(1_000);
      rig.server.strangerTakes('a', 60_000);
      line.next('forceRelease', fate);
      await assert.rejects(rig.clock.until(locker.forceRelease('a'), 1_000), {
        code: 'REDIS_UNREACHABLE',
      });
      await rig.clock.advance(10_000);
      assert.equal(line.sent.length, 1);
    }
  });

  test('that was refused for a state of the server is sent again, for nothing was done', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.next('forceRelease', refusedForNow, refusedForNow);
    assert.equal(await rig.clock.until(locker.forceRelease('a'), 1_000), true);
    assert.equal(line.sent.length, 3);
  });

  test('that is refused for as long as it may take says so', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(refusedForNow, 'forceRelease');
    await assert.rejects(rig.clock.until(locker.forceRelease('a'), 1_000), {
      code: 'REDIS_REFUSED',
    });
  });

  test('that was refused, and was then not sent any more, tells the refusal', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('forceRelease', refusedForNow, neverSent);
    const call = rig.watch(locker.forceRelease('a'));
    await rig.clock.advance(1_000);
    assert.equal((call.reason as { code?: string }).code, 'REDIS_REFUSED');
  });

  test('that is refused says so', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('forceRelease', refused);
    await assert.rejects(locker.forceRelease('a'), { code: 'REDIS_REFUSED' });
  });
});
