import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, test } from 'node:test';
import type { DiagnosticMessages } from '@holdfast/core';
import { lostRequest } from './fate.js';
import { codeOf } from './loss.js';
import { Rig } from './rig.js';

type Warning = DiagnosticMessages['holdfast:wait-long'];

function nameOf(holder: Warning['holder']): string | undefined {
  if (holder?.kind === 'foreign') return holder.value;
  return holder?.kind === 'locker' ? holder.token : undefined;
}

/** Notes the warnings until it is disposed of. */
function listen(): { readonly warnings: Warning[]; [Symbol.dispose](): void } {
  const warnings: Warning[] = [];
  const note = (message: unknown): void => void warnings.push(message as Warning);
  subscribe('holdfast:wait-long', note);
  return { warnings, [Symbol.dispose]: () => void unsubscribe('holdfast:wait-long', note) };
}

describe('a wait that lasts for long', () => {
  test('is told once, when 10 s have passed since the call', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 3_600_000);
    using channel = listen();
    rig.watch(locker.acquire('a'));
    await rig.clock.advance(9_999);
    assert.equal(channel.warnings.length, 0);
    await rig.clock.advance(50_000);
    const token = 'party-1/1';
    const holderTtl = 3_590_000;
    const told = channel.warnings.map((one) => [
      [one.lockName, one.token, nameOf(one.holder)],
      [one.waited, one.holderTtl, one.cause],
    ]);
    assert.deepEqual(told, [
      [
        ['a', token, 'stranger/1'],
        [10_000, holderTtl, undefined],
      ],
    ]);
  });

  test('is told also of each that is not the first in line', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 3_600_000);
    using channel = listen();
    for (const warnAfter of [1_000, 2_000, Infinity]) rig.watch(locker.acquire('a', { warnAfter }));
    await rig.clock.advance(20_000);
    assert.deepEqual(
      channel.warnings.map(({ waited }) => waited),
      [1_000, 2_000],
    );
  });

  test('says what keeps Redis from answering', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    using channel = listen();
    line.always(lostRequest);
    rig.watch(locker.acquire('a', { onOutage: 'wait' }));
    await rig.clock.advance(20_000);
    const [warning, ...others] = channel.warnings;
    assert.deepEqual(others, []);
    assert.equal(codeOf(warning?.cause), 'REDIS_UNREACHABLE');
    assert.equal(warning?.holderTtl, undefined);
  });

  test('is not told when it is over before', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a');
    using channel = listen();
    const granted = rig.watch(locker.acquire('a'));
    const late = rig.watch(locker.acquire('a', { waitTimeout: 9_000 }));
    await rig.clock.advance(5_000);
    await lock.release();
    await rig.clock.advance(60_000);
    assert.deepEqual([granted.state, late.state], ['fulfilled', 'rejected']);
    assert.deepEqual(channel.warnings, []);
  });

  test('has no appointment of its own where nobody waits, or nobody listens', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    {
      using _ = listen();
      await locker.acquire('a', { renew: false });
    }
    rig.watch(locker.acquire('a', { warnAfter: 100 }));
    await rig.clock.advance(0);
    const set = rig.clock.set;
    await rig.clock.advance(900);
    assert.equal(rig.clock.set, set, 'no timer rings before that of the poll');
  });
});
