import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AcquireTimeoutError, LockerClosedError, RedisUnreachableError } from '@holdfast/core';
import { cutBefore, lostRequest, neverSent, refused, refusedForNow } from './fate.js';
import { codeOf } from './loss.js';
import { Rig } from './rig.js';

const WAIT = { onOutage: 'wait' } as const;
const OUTAGE = 60_000;

describe('a wait that outlasts outages', () => {
  for (const [how, fate] of Object.entries({ lostRequest, cutBefore, neverSent, refusedForNow })) {
    test(`gets the lock when Redis answers again (${how})`, async () => {
      await using rig = new Rig();
      const { locker, line } = await rig.party(1_000);
      line.always(fate);
      const wait = rig.watch(locker.acquire('a', WAIT));
      await rig.clock.advance(OUTAGE);
      assert.equal(wait.state, 'pending');
      // Not a hot loop: the pauses grow to 2 s.
      assert.ok(line.of('acquire').length < 60, `${line.of('acquire').length} requests`);
      line.heal();
      await rig.clock.advance(3_000);
      assert.equal(wait.value?.held, true);
    });
  }

  test('comes back with its ticket', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const other = await rig.party(1_000);
    rig.server.strangerTakes('a', 1_000_000);
    const first = rig.watch(locker.acquire('a', WAIT));
    await rig.clock.advance(10);
    const second = rig.watch(other.locker.acquire('a', WAIT));
    await rig.clock.advance(10);
    line.always(lostRequest);
    await rig.clock.advance(OUTAGE);
    line.heal();
    await rig.clock.advance(5_000);
    assert.deepEqual([first.state, second.state], ['pending', 'pending']);
    rig.server.strangerReleases('a');
    await rig.clock.advance(6_000);
    assert.deepEqual([first.state, second.state], ['fulfilled', 'pending']);
    await first.value?.release();
    await rig.clock.advance(0);
    assert.equal(second.state, 'fulfilled');
  });

  test('stays when others of its line give up because of the outage', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('a', 1_000_000);
    const first = rig.watch(locker.acquire('a'));
    const patient = rig.watch(locker.acquire('a', WAIT));
    const behind = rig.watch(locker.acquire('a'));
    await rig.clock.advance(10);
    line.always(lostRequest);
    await rig.clock.advance(8_000);
    for (const { reason } of [first, behind]) assert.equal(codeOf(reason), 'REDIS_UNREACHABLE');
    await rig.clock.advance(OUTAGE);
    assert.equal(patient.state, 'pending');
    line.heal();
    rig.server.strangerReleases('a');
    await rig.clock.advance(6_000);
    assert.equal(patient.value?.held, true);
  });

  test('tells those behind it of the outage, who do not ask themselves', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('a', 1_000_000);
    const patient = rig.watch(locker.acquire('a', WAIT));
    const behind = rig.watch(locker.acquire('a'));
    await rig.clock.advance(10);
    line.always(lostRequest);
    await rig.clock.advance(8_000);
    assert.equal(codeOf(behind.reason), 'REDIS_UNREACHABLE');
    assert.equal(patient.state, 'pending');
  });

  test('tells them also when it is the channel that cannot be opened', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('a', 1_000_000);
    const patient = rig.watch(locker.acquire('a', WAIT));
    const behind = rig.watch(locker.acquire('a'));
    await rig.clock.advance(10);
    const error = new RedisUnreachableError('scripted', 'is away');
    line.nextListen(...Array.from({ length: 30 }, () => ({ kind: 'not sent', error }) as const));
    line.channel = 0;
    await rig.clock.advance(8_000);
    assert.equal(codeOf(behind.reason), 'REDIS_UNREACHABLE');
    assert.equal(patient.state, 'pending');
  });

  test('outlasts a channel that cannot be opened', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('a', OUTAGE);
    const error = new RedisUnreachableError('scripted', 'is away');
    line.nextListen(...Array.from({ length: 30 }, () => ({ kind: 'not sent', error }) as const));
    const wait = rig.watch(locker.acquire('a', WAIT));
    await rig.clock.advance(20_000);
    assert.deepEqual([wait.state, line.listening], ['pending', false]);
    await rig.clock.advance(OUTAGE);
    assert.equal(wait.value?.held, true);
  });

  test('ends with its waitTimeout as unreachable, when nothing answered at that moment', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(lostRequest);
    const wait = rig.watch(locker.acquire('a', { ...WAIT, waitTimeout: 20_000 }));
    await rig.clock.advance(19_999);
    assert.equal(wait.state, 'pending');
    await rig.clock.advance(200);
    assert.ok(wait.reason instanceof RedisUnreachableError);
  });

  test('ends with its waitTimeout as busy, when Redis was back at that moment', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('a', 3_600_000);
    line.always(lostRequest);
    const wait = rig.watch(locker.acquire('a', { ...WAIT, waitTimeout: 20_000 }));
    await rig.clock.advance(15_000);
    line.heal();
    await rig.clock.advance(5_000);
    assert.ok(wait.reason instanceof AcquireTimeoutError);
  });

  test('ends at once with what will not pass, by its signal, and when the locker closes', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.next('acquire', refused);
    const forbidden = rig.watch(locker.acquire('a', WAIT));
    await rig.clock.advance(0);
    assert.equal(codeOf(forbidden.reason), 'REDIS_REFUSED');
    line.always(lostRequest);
    const abort = new AbortController();
    const aborted = rig.watch(locker.acquire('a', { ...WAIT, signal: abort.signal }));
    const closed = rig.watch(locker.acquire('a', WAIT));
    await rig.clock.advance(10_000);
    abort.abort(new Error('enough'));
    await rig.clock.advance(100);
    assert.equal((aborted.reason as Error).message, 'enough');
    await rig.clock.until(locker.close());
    assert.ok(closed.reason instanceof LockerClosedError);
  });

  test('is refused with all of its line, when one of them is for good', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('a', 1_000_000);
    const waits = [undefined, WAIT, undefined].map((options) =>
      rig.watch(locker.acquire('a', options)),
    );
    await rig.clock.advance(10);
    line.always(refused);
    await rig.clock.advance(5_000);
    for (const { reason } of waits) assert.equal(codeOf(reason), 'REDIS_REFUSED');
  });

  test('tries once where nobody waits', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(lostRequest);
    const tried = rig.watch(locker.acquire('a', { ...WAIT, waitTimeout: 0 }));
    await rig.clock.advance(2_000);
    assert.ok(tried.reason instanceof RedisUnreachableError);
  });
});
