import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from './history/record.js';
import {
  answered,
  called,
  fault,
  hold,
  journal,
  lost,
  overlapsIn,
  registered,
  verdictOn,
  wrote,
} from './histories.js';

/** Two who hold one lock one after the other. */
const FIRST = { call: 1, fencingToken: 10, asked: 0, from: 5, to: 100 };
const SECOND = { call: 1, fencingToken: 20, asked: 50, from: 101, to: 200 };
const inTurn = [journal(0, hold(FIRST)), journal(1, hold(SECOND))];

/** Without its release: the end is up to what follows. */
const UNENDED = { call: 1, fencingToken: 10, asked: 0, from: 5 };

function assertAccepted(evidence: Parameters<typeof verdictOn>[0]): void {
  assert.deepEqual(verdictOn(evidence), []);
}

test('accepts two who hold a lock one after the other', () => {
  assertAccepted({ journals: inTurn });
});

test('rejects two beliefs that overlap, by however little', () => {
  const early = { ...SECOND, from: 99.999 };
  const journals = [journal(0, hold(FIRST)), journal(1, hold(early))];
  assert.deepEqual(verdictOn({ journals }), ['overlap']);
});

test('rejects a belief inside another one', () => {
  const journals = [
    journal(0, hold({ ...FIRST, to: 500 })),
    journal(1, hold(SECOND)),
    journal(2, hold({ call: 1, fencingToken: 30, asked: 250, from: 300, to: 400 })),
  ];
  assert.deepEqual(verdictOn({ journals }), ['overlap']);
  assert.equal(overlapsIn({ journals }), 2);
});

test('rejects a grant while a process that is stopped still believes', () => {
  const disturbances = [fault('worker stopped', 'still', 0, 20, 3_000)];
  const next = hold({ ...SECOND, asked: 50, from: 900, to: 950 });
  const journals = [journal(0, hold({ ...UNENDED, until: 1_000 })), journal(1, next)];
  assert.deepEqual(verdictOn({ journals, disturbances }), ['overlap']);
});

test('accepts a grant after the deadline of a process that is stopped', () => {
  const disturbances = [fault('worker stopped', 'still', 0, 20, 3_000)];
  const next = hold({ ...SECOND, from: 1_000, to: 1_100 });
  const woken = [lost(10, 3_001, 'expired')];
  const journals = [journal(0, hold({ ...UNENDED, until: 1_000 }), woken), journal(1, next)];
  assertAccepted({ journals, disturbances });
});

test('rejects a grant before a deadline that a renewal had moved', () => {
  const renewal = [{ kind: 'extended', at: 300, owner: 'owner/10', until: 1_300 }] as const;
  const next = hold({ ...SECOND, from: 1_200, to: 1_250 });
  const journals = [journal(0, hold({ ...UNENDED, until: 1_000 }), renewal), journal(1, next)];
  assert.deepEqual(verdictOn({ journals }), ['overlap']);
});

test('accepts a grant after the death of a holder, and not before it', () => {
  const deaths = new Map([['w0.0', 100]]);
  const after = [journal(0, hold(UNENDED)), journal(1, hold(SECOND))];
  assertAccepted({ journals: after, deaths });
  const before = [journal(0, hold(UNENDED)), journal(1, hold({ ...SECOND, from: 99 }))];
  assert.deepEqual(verdictOn({ journals: before, deaths }), ['overlap']);
});

test('rejects a fencing token that falls, and one that is given twice', () => {
  const falling = [journal(0, hold({ ...FIRST, fencingToken: 30 })), journal(1, hold(SECOND))];
  assert.deepEqual(verdictOn({ journals: falling }), ['fencing token']);
  const twice = [
    journal(0, hold(FIRST)),
    journal(1, hold(SECOND)),
    journal(2, [
      called(1, 300, null),
      { ...(hold({ ...SECOND, from: 310 })[1] as object), owner: 'other/1' } as never,
      answered(1, 310, 'granted'),
      { kind: 'ended', at: 320, owner: 'other/1', how: 'released' },
    ]),
  ];
  assert.deepEqual(verdictOn({ journals: twice }), ['fencing token', 'fencing token given twice']);
});

test('accepts the same token in the hands of who adopted the lock', () => {
  const handedOver = [{ kind: 'ended', at: 50, owner: 'owner/10', how: 'handed over' }] as const;
  const adopter = hold({ ...FIRST, asked: 51, from: 60 });
  assertAccepted({ journals: [journal(0, hold(UNENDED), handedOver), journal(1, adopter)] });
  const early = hold({ ...FIRST, asked: 40, from: 49 });
  const journals = [journal(0, hold(UNENDED), handedOver), journal(1, early)];
  assert.deepEqual(verdictOn({ journals }), ['overlap']);
});

test('rejects that somebody believes while a lock is on its way to who adopts it', () => {
  const handedOver = [{ kind: 'ended', at: 50, owner: 'owner/10', how: 'handed over' }] as const;
  const giver = journal(0, hold(UNENDED), handedOver);
  const between = { ...SECOND, asked: 51, from: 60, to: 70 };
  const adopter = { ...FIRST, asked: 71, from: 80, to: 100 };
  const journals = [giver, journal(1, hold(between)), journal(2, hold(adopter))];
  assert.deepEqual(verdictOn({ journals }), ['overlap', 'fencing token']);
  // Nobody adopted it: it may have been gone by then.
  assertAccepted({ journals: [giver, journal(1, hold(between))] });
});

test('rejects that a lock is gone when it is adopted, before its deadline and not after', () => {
  const handedOver = [{ kind: 'ended', at: 50, owner: 'owner/10', how: 'handed over' }] as const;
  const giver = journal(0, hold({ ...UNENDED, until: 1_000 }), handedOver);
  const adoption = { ...called(1, 60, 2_000), operation: 'adopt', owner: 'owner/10' } as const;
  const told = (at: number): Entry[] => [adoption, answered(1, at, 'LOCK_LOST gone')];
  assert.deepEqual(verdictOn({ journals: [giver, journal(1, told(900))] }), ['lock taken away']);
  assertAccepted({ journals: [giver, journal(1, told(1_001))] });
});

const READER = { limit: null, weight: 1 };
const ONE_OF_TWO = { limit: 2, weight: 1 };

test('accepts that readers, and as many as the limit says, believe at the same time', () => {
  for (const share of [READER, ONE_OF_TWO]) {
    const journals = [
      journal(0, hold({ ...FIRST, share })),
      journal(1, hold({ ...SECOND, from: 90, share })),
    ];
    assertAccepted({ journals });
  }
});

test('rejects a writer that believes beside a reader, and a permit too many', () => {
  const early = { ...SECOND, from: 90 };
  const third = { ...SECOND, call: 1, fencingToken: 30, from: 95, asked: 60, share: ONE_OF_TWO };
  for (const journals of [
    [journal(0, hold({ ...FIRST, share: READER })), journal(1, hold(early))],
    [journal(0, hold(FIRST)), journal(1, hold({ ...early, share: READER }))],
    [
      journal(0, hold({ ...FIRST, share: ONE_OF_TWO })),
      journal(1, hold({ ...early, share: ONE_OF_TWO })),
      journal(2, hold(third)),
    ],
    // One of them asked with a limit that is too small for both.
    [
      journal(0, hold({ ...FIRST, share: { limit: 5, weight: 2 } })),
      journal(1, hold({ ...early, share: ONE_OF_TWO })),
    ],
  ]) {
    assert.deepEqual(verdictOn({ journals }), ['overlap']);
  }
});

test('rejects that a reader is let in before a writer who stood in line', () => {
  const [first, second, third] = JUMPED.journals;
  assert.ok(first && second && third);
  const reader = journal(2, hold({ ...SECOND, asked: 60, from: 101, to: 200, share: READER }));
  assert.deepEqual(verdictOn({ ...JUMPED, journals: [first, second, reader] }), ['order']);
});

test('accepts that readers of one row hear of it in any order', () => {
  const readers = [
    journal(0, hold(FIRST)),
    journal(1, hold({ ...SECOND, asked: 20, from: 105, share: READER })),
    journal(2, hold({ ...SECOND, fencingToken: 30, asked: 60, from: 101, share: READER })),
  ];
  assertAccepted({ journals: readers, lined: new Map([['owner/20', 40]]) });
});

test('rejects a register that accepts a stale write', () => {
  const register = [registered(10, 1, true), registered(20, 2, true), registered(10, 3, true)];
  assert.deepEqual(verdictOn({ register }), ['stale write accepted']);
  assertAccepted({ register: [...register.slice(0, 2), registered(10, 3, false)] });
});

test('rejects that a holder is refused while it believes, and accepts it afterwards', () => {
  const during = [journal(0, hold(FIRST), [wrote(10, 50, false)])];
  assert.deepEqual(verdictOn({ journals: during }), ['write refused']);
  assertAccepted({ journals: [journal(0, hold(FIRST), [wrote(10, 150, false)])] });
});

test('rejects a lock that is taken away before its deadline, and not one that ran out', () => {
  const terms = { ...UNENDED, until: 1_000 };
  const taken = [journal(0, hold(terms), [lost(10, 900, 'gone')])];
  assert.deepEqual(verdictOn({ journals: taken }), ['lock taken away']);
  assertAccepted({ journals: [journal(0, hold(terms), [lost(10, 1_001, 'gone')])] });
});

test('rejects a release that is told too early that the lock is gone', () => {
  const released = hold({ ...FIRST, until: 1_000 }).slice(0, -1);
  const told = [answered(2, 900, 'LOCK_LOST gone')];
  assert.deepEqual(verdictOn({ journals: [journal(0, released, told)] }), ['lock taken away']);
});

/** The second stood in line before the third called, and was served after it. */
const JUMPED = {
  journals: [
    journal(0, hold(FIRST)),
    journal(1, hold({ ...SECOND, fencingToken: 30, asked: 20, from: 201, to: 300 })),
    journal(2, hold({ ...SECOND, asked: 60, from: 101, to: 200 })),
  ],
  lined: new Map([['owner/30', 40]]),
};

test('rejects that somebody is served before who stood in line', () => {
  assert.deepEqual(verdictOn(JUMPED), ['order']);
});

test('accepts that somebody is served before who came at about the same time', () => {
  assertAccepted({ ...JUMPED, lined: new Map([['owner/30', 61]]) });
  assertAccepted({ journals: JUMPED.journals });
});

for (const [kind, effect, slot] of [
  ['worker stopped', 'still', 1],
  ['lag', 'still', 1],
  ['connections cut', 'apart', 1],
  ['requests held back', 'apart', 1],
  ['Redis killed', 'apart', 'all'],
  ['Redis stopped', 'apart', 'all'],
] as const) {
  test(`accepts that who was hit by '${kind}' is passed over`, () => {
    assertAccepted({ ...JUMPED, disturbances: [fault(kind, effect, slot, 70, 80)] });
  });
}

test('rejects that who was hit by a harmless fault, or by none, is passed over', () => {
  const harmless = fault('scripts flushed', 'harmless', 'all', 70, 80);
  assert.deepEqual(verdictOn({ ...JUMPED, disturbances: [harmless] }), ['order']);
  const others = fault('connections cut', 'apart', 2, 70, 80);
  assert.deepEqual(verdictOn({ ...JUMPED, disturbances: [others] }), ['order']);
});

test('rejects a waiter that never gets an answer, but not one that was killed', () => {
  const journals = [journal(0, [called(1, 0, null)])];
  assert.deepEqual(verdictOn({ journals }), ['no answer']);
  assertAccepted({ journals, deaths: new Map([['w0.0', 500]]) });
});

test('rejects an answer that is late, but not for what its process stood still', () => {
  const journals = [journal(0, [called(1, 0, 500), answered(1, 3_000, 'ACQUIRE_TIMEOUT')])];
  assert.deepEqual(verdictOn({ journals }), ['no answer']);
  const stopped = fault('worker stopped', 'still', 0, 400, 2_900);
  assertAccepted({ journals, disturbances: [stopped] });
  // Those of others are no excuse, nor are those before and after.
  const other = fault('worker stopped', 'still', 1, 400, 2_900);
  const before = fault('worker stopped', 'still', 0, -2_000, 100);
  assert.deepEqual(verdictOn({ journals, disturbances: [other, before] }), ['no answer']);
});

test('rejects a free lock that stands idle before a waiter', () => {
  const late = hold({ ...SECOND, from: 12_000, to: 12_100, until: 13_000 });
  const journals = [journal(0, hold(FIRST)), journal(1, late)];
  assert.deepEqual(verdictOn({ journals }), ['idle lock']);
  assertAccepted({ journals, disturbances: [fault('Redis stopped', 'apart', 'all', 90, 6_000)] });
});

test('accepts that a lock stands idle with nobody waiting, and with a lease of the dead', () => {
  const later = hold({ ...SECOND, asked: 11_999, from: 12_000, to: 12_100, until: 13_000 });
  assertAccepted({ journals: [journal(0, hold(FIRST)), journal(1, later)] });
  const dead = journal(0, hold({ ...UNENDED, until: 11_000 }));
  const heir = journal(1, hold({ ...SECOND, from: 11_020, to: 11_030, until: 13_000 }));
  assertAccepted({ journals: [dead, heir], deaths: new Map([['w0.0', 20]]) });
});

test('rejects that Redis is said to be out of reach when it is not', () => {
  const journals = [journal(0, [called(1, 0, 2_000), answered(1, 2_000, 'REDIS_UNREACHABLE')])];
  assert.deepEqual(verdictOn({ journals }), ['no reason']);
  assertAccepted({ journals, disturbances: [fault('Redis shut down', 'apart', 'all', 0, 900)] });
});

test('rejects what is left behind, and rejections that nobody handled', () => {
  assert.deepEqual(verdictOn({ remains: ['The key lock:job was still there.'] }), ['left behind']);
  const alarmed = [{ kind: 'alarmed', at: 1, message: 'unhandledRejection: x' }] as const;
  assert.deepEqual(verdictOn({ journals: [journal(0, alarmed)] }), ['alarm']);
});

test('where data is lost it counts overlaps, and rejects tokens that fall after a grant', () => {
  const early = { ...SECOND, from: 90 };
  const overlapping = {
    keepsData: false,
    journals: [journal(0, hold(FIRST)), journal(1, hold(early))],
  };
  assertAccepted(overlapping);
  assert.equal(overlapsIn(overlapping), 1);
  // Asked for after the first was granted: it is the later grant, whatever else they are.
  const lower = { ...early, fencingToken: 9 };
  const falling = [journal(0, hold(FIRST)), journal(1, hold(lower))];
  assert.deepEqual(verdictOn({ keepsData: false, journals: falling }), ['fencing token']);
  // Asked for before: nobody knows which grant was the later one.
  const unknown = [journal(0, hold(FIRST)), journal(1, hold({ ...lower, asked: 1 }))];
  assertAccepted({ keepsData: false, journals: unknown });
});

test('where data is lost it rejects a register that accepts a stale write all the same', () => {
  const register = [registered(20, 1, true), registered(10, 2, true)];
  assert.deepEqual(verdictOn({ keepsData: false, register }), ['stale write accepted']);
});
