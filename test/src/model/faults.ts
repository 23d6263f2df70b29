import type { Shape } from './shape.js';
import {
  PERMITS,
  PERMITS_OF_THE_DEAD,
  STOLEN,
  TWO,
  WAITING,
  WAITING_FOR_TWO,
  WRITER_WAITS,
} from './shapes.js';

/** A change of one place in the compiled code. */
export interface Cut {
  /** Below `dist` of the core. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** A deliberate fault of the protocol: what the model checker must find. */
export interface Fault {
  readonly name: string;
  readonly cuts: readonly Cut[];
  /** A world in which it shows. */
  readonly world: Shape;
  /** What is said of it. */
  readonly breaks: RegExp;
}

/** The ways in which locks are usually got wrong, and those in which this one was. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'a waiter is enqueued before its subscription is acknowledged',
    world: TWO,
    breaks: /can be reached, and was passed over/,
    cuts: [
      {
        file: 'engine/claim/claim.js',
        from: 'const enqueue = this.#state.waits && this.#channel !== 0;',
        to: 'const enqueue = this.#state.waits; if (enqueue) void this.#muster.channel.listen();',
      },
      {
        file: 'memory/keyspace.js',
        from: 'const heard = this.#channels.listens(lockerIdOf(token));',
        to: 'const heard = true;',
      },
    ],
  },
  {
    name: 'the deadline is counted from the reply',
    world: { ...TWO, passes: 1 },
    breaks: /believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'engine/claim/claim-state.js',
        from: 'const sent = this.#sent;',
        to: 'const sent = { mono: this.#context.clock.now(), wall: this.#context.clock.wall() };',
      },
    ],
  },
  {
    name: 'a release does not look at the token',
    world: { ...TWO, passes: 1 },
    breaks: /believes that it holds/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: `const grant = this.#data.granted(operation);
        if (grant === undefined) {`,
        to: `const grant = this.#data.lease(key);
        if (grant === undefined) {`,
      },
    ],
  },
  {
    name: 'a cancel forgets that the lock was granted',
    world: { ...TWO, aborts: 1 },
    breaks: /waits for more than 0 ms/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'const passes = grant !== undefined || room !== undefined;',
        to: 'const passes = room !== undefined;',
      },
    ],
  },
  {
    name: 'the lock is handed to a process that is gone',
    world: { ...TWO, crashes: 1 },
    breaks: /was given to b\/1, who was not told/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'const heard = token === asker || this.#channels.listens(lockerIdOf(token));',
        to: 'const heard = true;',
      },
    ],
  },
  {
    name: 'a push is believed from the moment at which it comes',
    world: { ...TWO, passes: 1 },
    breaks: /believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'engine/claim/claim-state.js',
        from: 'const deadline = Deadline.ofLease(this.#basis, ttl, this.#basisAt);',
        to: `const { clock: hands } = this.#context;
        const deadline = Deadline.ofLease({ mono: hands.now(), wall: hands.wall() }, ttl);`,
      },
    ],
  },
  {
    name: 'a renewal counts from its answer',
    world: { ...TWO, lockers: 1, passes: 4, renewals: 1 },
    breaks: /believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'engine/hold/lease.js',
        from: 'this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(sent, ttl, outcome.at));',
        to: 'this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(instant(this.#context.clock), ttl));',
      },
    ],
  },
  {
    name: 'nobody asks again after a lost connection',
    world: { ...WAITING, breaks: 1 },
    breaks: /waits for more than 99 ms/,
    cuts: [
      {
        file: 'engine/news.js',
        from: 'this.#lines.askAll(channels);',
        to: '',
      },
    ],
  },
  {
    name: 'who asks first takes a lock that ran out, past its line',
    world: { ...TWO, lockers: 3, passes: 1 },
    breaks: /who waits longer/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'const { next, own, more } = this.#offer(key, token);',
        to: `if (room === undefined) {
            const { fencingToken } = this.#data.take(key, operation);
            return { kind: 'granted', fencingToken, already: false, more: false };
        }
        const { next, own, more } = this.#offer(key, token);`,
      },
    ],
  },
  {
    name: 'a push that nobody waits for is answered with a cancel',
    world: { ...WAITING, reconnects: 1, handOvers: 1 },
    breaks: /believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'engine/news.js',
        from: 'if (this.#settlements.pushed(token))\n            return;',
        to: `const operation = { kind: 'cancel', key, token, ttl: 1 };
        const time = this.#context.commandTimeout;
        if (this.#holds.olderThan({ key, token, fencingToken: Infinity }) === undefined)
            void this.#settlements.settle({ operation, time });`,
      },
    ],
  },
  {
    name: 'a hand-off is published without a look at who listens',
    world: { ...WAITING, failovers: 1 },
    breaks: /b believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'const heard = token === asker || this.#channels.listens(lockerIdOf(token));',
        to: `const heard = token === asker || this.#channels.listens(lockerIdOf(token));
            if (!heard)
                this.#channels.publish({ key, token, fencingToken: this.#data.tick() });`,
      },
    ],
  },
  {
    name: 'a hand-off is told to others before the claim has noted its end',
    world: { ...WAITING, reactions: 1, react: ['abort'] },
    breaks: /b believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'engine/claim/claim.js',
        from: `if (!this.#state.pushed(fencingToken))
            return;`,
        to: `if (!this.#state.pushed(fencingToken))
            return;
        const effects = this.#state.takePush();`,
      },
      {
        file: 'engine/claim/claim.js',
        from: 'this.#run(this.#state.takePush());',
        to: 'this.#run(effects);',
      },
    ],
  },
  {
    name: 'a poll that the server cannot answer by a push raises no doubt',
    world: { ...TWO, drops: 1 },
    breaks: /is asked for again and again, and time stands still/,
    cuts: [
      {
        file: 'engine/claim/claim-state.js',
        from: "return this.#waiting([{ kind: 'doubt', certain: true }, ...this.#gather()]);",
        to: 'return this.#waiting(this.#gather());',
      },
    ],
  },
  {
    name: 'a poll that finds its place lost raises no doubt',
    world: { ...WAITING, lockers: 3, deafs: 1 },
    breaks: /waits for more than 102 ms/,
    cuts: [
      {
        file: 'engine/claim/claim-state.js',
        from: 'return lost ? [heard, ...then, ASK_ALL, DOUBT] : [heard, ...then];',
        to: 'return [heard, ...then];',
      },
    ],
  },
  {
    name: 'a locker counts as closed when those who listen have been told',
    world: { ...TWO, lockers: 1, closes: 1, reactions: 1, react: ['acquire'] },
    breaks: /believes that it holds lock-0, though it was closed/,
    cuts: [
      {
        file: 'engine/engine.js',
        from: `this.#state = { kind: 'closing', done };
        const closed = this.#close().then(() => {`,
        to: `const closing = this.#close();
        this.#state = { kind: 'closing', done };
        const closed = closing.then(() => {`,
      },
    ],
  },
  {
    name: 'a renewal does not name its grant',
    world: { ...TWO, lockers: 1, cuts: 1, handOvers: 1, passes: 3 },
    breaks: /a believes that it holds lock-0, which is a\/1's/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: `const grant = this.#data.granted(operation);
        // One whose lease is over is inside until that is found.`,
        to: 'const grant = this.#data.lease(key);',
      },
    ],
  },
  {
    name: 'a reader overtakes a writer that waits',
    world: WRITER_WAITS,
    breaks: /c\/1 was given lock-0 before b\/1, who waits longer/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'if (fits && this.#data.queue(key) === undefined) {',
        to: 'if (fits) {',
      },
    ],
  },
  {
    name: 'a permit that has run out is counted for ever',
    world: PERMITS_OF_THE_DEAD,
    breaks: /c\/1 is asked for again and again|though there is room/,
    cuts: [
      {
        file: 'memory/room.js',
        from: 'if (member.expiresAt <= now)',
        to: 'if (false)',
      },
    ],
  },
  {
    name: 'a permit whose acquire lost its answer is counted twice',
    world: { ...PERMITS, lockers: 2, cuts: 1, passes: 1 },
    breaks: /b\/1 was not given lock-0, though there is room/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'this.#data.extend(key, already, ttl);',
        to: "if ('demand' in already) this.#data.room(key).enter(already);",
      },
    ],
  },
  {
    name: 'a writer that gives up leaves those behind it where they stand',
    world: { ...WRITER_WAITS, aborts: 1 },
    breaks: /c\/1 is left standing, though there is room/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'const passes = grant !== undefined || room !== undefined;',
        to: 'const passes = grant !== undefined;',
      },
    ],
  },
  {
    name: 'each takes several locks in its own order',
    world: {
      ...WAITING_FOR_TWO,
      calls: 2,
      begin: [
        ...(WAITING_FOR_TWO.begin ?? []),
        { kind: 'release', party: 0, place: 0 },
        { kind: 'serve', party: 0, place: 0 },
        { kind: 'serve', party: 0, place: 1 },
        { kind: 'answer', party: 0, place: 0 },
        { kind: 'answer', party: 0, place: 0 },
        { kind: 'hear', party: 1, place: 1 },
        { kind: 'acquire all', party: 0, place: 0 },
        { kind: 'serve', party: 0, place: 0 },
        { kind: 'answer', party: 0, place: 0 },
        { kind: 'serve', party: 0, place: 0 },
        { kind: 'answer', party: 0, place: 0 },
      ],
    },
    breaks: /somebody waits for more than 0 ms|does not come to an end/,
    cuts: [
      {
        file: 'engine/several/set-wait.js',
        from: 'locks.toSorted((one, other) => (one.key < other.key ? -1 : 1))',
        to: '[...locks]',
      },
    ],
  },
  {
    name: 'who gives up several locks keeps those that it has',
    world: { ...WAITING_FOR_TWO, aborts: 1 },
    breaks: /somebody waits for more than 0 ms|does not come to an end/,
    cuts: [
      {
        file: 'engine/several/set-wait.js',
        from: `catch (error) {
            await this.#giveBack(set);`,
        to: 'catch (error) {',
      },
      {
        file: 'engine/several/set-wait.js',
        from: `if (this.#ended !== undefined) {
            await this.#giveBack(set);`,
        to: 'if (this.#ended !== undefined) {',
      },
    ],
  },
  {
    name: 'who gives up several locks stays in the line of one',
    world: { ...WAITING_FOR_TWO, aborts: 1 },
    breaks: /release and acquire of b\/4 overlap/,
    cuts: [
      {
        file: 'engine/claim/wait.js',
        from: 'const withdrawn = this.#claim.mayStand ? this.#claim.withdraw() : undefined;',
        to: 'const withdrawn = undefined;',
      },
    ],
  },
  {
    name: 'a theft that comes twice takes the lock from whoever has it',
    world: { ...STOLEN, passes: 1 },
    breaks: /asked before it had the lock steals from a\/1/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'this.#began(key) > since',
        to: 'this.#began(key) > since + 1_000_000',
      },
    ],
  },
];
