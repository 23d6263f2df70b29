import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Locker } from '@holdfast/core';
import { cutBefore, delivered, lostRequest, refused, slow } from './fate.js';
import { listen } from './listen.js';
import { codeOf } from './loss.js';
import { type Party, Rig } from './rig.js';

/** What was said of waits, without the numbers of grants. */
function waitsOf({ told }: ReturnType<typeof listen>): unknown[] {
  return told
    .filter(([channel]) => /^holdfast:wait-(begin|end)$/.test(channel))
    .map(([channel, { holder, fencingToken: _fence, cause, token: _token, ...rest }]) => {
      const who = (holder as { token: string } | undefined)?.token;
      const why = cause === undefined ? {} : { cause: codeOf(cause) };
      return [channel, { who, ...rest, ...why }];
    });
}

const BEGIN = { lockName: 'a', who: 'stranger/1', holderTtl: 60_000, waitTimeout: undefined };
const END = { lockName: 'a', who: 'stranger/1' };

interface Case {
  readonly rig: Rig;
  readonly party: Party;
  readonly wait: (options?: Parameters<Locker['acquire']>[1]) => void;
}

/** Somebody waits for a lock that a stranger holds. */
async function waiting(act: (one: Case) => Promise<void>): Promise<unknown[]> {
  await using rig = new Rig();
  const party = await rig.party();
  rig.server.strangerTakes('a', 60_000);
  using channels = listen();
  const wait: Case['wait'] = (options) => void rig.watch(party.locker.acquire('a', options));
  await act({ rig, party, wait });
  return waitsOf(channels);
}

describe('a wait is told, and who is in the way, and its end', () => {
  test('granted', async () => {
    const told = await waiting(async ({ rig, wait }) => {
      wait();
      await rig.clock.advance(700);
      rig.server.strangerReleases('a');
      await rig.clock.advance(0);
    });
    assert.deepEqual(told, [
      ['holdfast:wait-begin', BEGIN],
      ['holdfast:wait-end', { ...END, outcome: 'granted', waited: 700 }],
    ]);
  });

  test('timeout', async () => {
    const told = await waiting(async ({ rig, wait }) => {
      wait({ waitTimeout: 300 });
      await rig.clock.advance(300);
    });
    assert.deepEqual(told, [
      ['holdfast:wait-begin', { ...BEGIN, waitTimeout: 300 }],
      ['holdfast:wait-end', { ...END, outcome: 'timeout', waited: 300 }],
    ]);
  });

  test('aborted', async () => {
    const told = await waiting(async ({ rig, wait }) => {
      const controller = new AbortController();
      wait({ signal: controller.signal });
      await rig.clock.advance(300);
      controller.abort(new Error('enough'));
    });
    assert.deepEqual(told, [
      ['holdfast:wait-begin', BEGIN],
      ['holdfast:wait-end', { ...END, outcome: 'aborted', waited: 300 }],
    ]);
  });

  test('closed', async () => {
    const told = await waiting(async ({ rig, party, wait }) => {
      wait();
      await rig.clock.advance(300);
      await rig.clock.until(party.locker.close());
    });
    assert.deepEqual(told, [
      ['holdfast:wait-begin', BEGIN],
      ['holdfast:wait-end', { ...END, outcome: 'closed', waited: 300 }],
    ]);
  });

  test('unreachable', async () => {
    const told = await waiting(async ({ rig, party, wait }) => {
      wait();
      await rig.clock.advance(0);
      party.line.always(cutBefore);
      await rig.clock.advance(12_000);
    });
    assert.deepEqual(told, [
      ['holdfast:wait-begin', BEGIN],
      // At the poll after 5 s, and 5 s later.
      ['holdfast:wait-end', { ...END, outcome: 'unreachable', waited: 10_000 }],
    ]);
  });

  test('refused', async () => {
    const told = await waiting(async ({ rig, party, wait }) => {
      wait();
      await rig.clock.advance(0);
      party.line.next('acquire', refused);
      await rig.clock.advance(6_000);
    });
    assert.deepEqual(told, [
      ['holdfast:wait-begin', BEGIN],
      ['holdfast:wait-end', { ...END, outcome: 'refused', waited: 5_000 }],
    ]);
  });

  test('also where nothing was heard of the lock, with the reason', async () => {
    const told = await waiting(async ({ rig, party, wait }) => {
      party.line.next('acquire', lostRequest, delivered);
      rig.server.strangerReleases('a');
      wait();
      await rig.clock.advance(3_000);
    });
    const nobody = { lockName: 'a', who: undefined };
    assert.deepEqual(told, [
      [
        'holdfast:wait-begin',
        { ...BEGIN, ...nobody, holderTtl: undefined, cause: 'REDIS_UNREACHABLE' },
      ],
      ['holdfast:wait-end', { ...nobody, outcome: 'granted', waited: 2_550 }],
    ]);
  });

  test('once, however often it asks', async () => {
    const told = await waiting(async ({ rig, party, wait }) => {
      wait();
      await rig.clock.advance(30_000);
      assert.ok(party.line.of('acquire').length > 5);
    });
    assert.equal(told.length, 1);
  });

  test('says who is in the way by the last answer', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 2_000);
    using channels = listen();
    rig.watch(locker.acquire('a', { waitTimeout: 4_000 }));
    await rig.clock.advance(1_000);
    // The line is lost, and another stranger comes first.
    rig.server.apply({ kind: 'cancel', key: 'a', token: 'party-1/1', ttl: 30_000 });
    await rig.clock.advance(1_000);
    rig.server.strangerTakes('a', 60_000, 'stranger/2');
    await rig.clock.advance(2_000);
    assert.deepEqual(waitsOf(channels).at(-1), [
      'holdfast:wait-end',
      { ...END, who: 'stranger/2', outcome: 'timeout', waited: 4_000 },
    ]);
  });
});

describe('no wait is told', () => {
  test('of who does not wait: it is taken at once, tried once, or refused', async () => {
    const told = await waiting(async ({ rig, party, wait }) => {
      wait({ waitTimeout: 0 });
      await party.locker.acquire('b');
      party.line.next('acquire', refused);
      wait();
      await rig.clock.advance(100);
    });
    assert.deepEqual(told, []);
  });

  test('of who tries once and is not answered, and so again', async () => {
    const told = await waiting(async ({ rig, party, wait }) => {
      party.line.next('acquire', cutBefore);
      wait({ waitTimeout: 0 });
      await rig.clock.advance(1_000);
      assert.equal(party.line.of('acquire').length, 2);
    });
    assert.deepEqual(told, []);
  });

  test('of who was handed the lock before the answer came that it is busy', async () => {
    const told = await waiting(async ({ rig, party }) => {
      // Its channel stands from here on.
      rig.watch(party.locker.acquire('b'));
      await party.line.listen();
      party.line.next('acquire', slow(0, 100));
      const wait = rig.watch(party.locker.acquire('a'));
      await rig.clock.advance(50);
      rig.server.strangerReleases('a');
      await rig.clock.advance(50);
      assert.equal(wait.state, 'fulfilled');
    });
    assert.deepEqual(told, []);
  });

  test('of whom the answer comes late, but is a grant', async () => {
    const told = await waiting(async ({ rig, party }) => {
      party.line.next('acquire', slow(1_000, 1_000));
      await rig.clock.until(party.locker.acquire('b'));
    });
    assert.deepEqual(told, []);
  });

  test('of whose beginning nobody heard, the end either', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 300 }));
    await rig.clock.advance(100);
    using channels = listen();
    await rig.clock.advance(200);
    assert.equal(wait.state, 'rejected');
    assert.deepEqual(waitsOf(channels), []);
  });
});
