import type { Shape } from './shape.js';
import { TWO, WAITING } from './shapes.js';

/** a has the lock, b waits for it, and the slot goes to another master. */
export const MOVING: Shape = { ...WAITING, cluster: {}, moves: 1 };

/** The same, and c waits behind b. */
export const MOVING_TWO_WAIT: Shape = {
  ...MOVING,
  lockers: 3,
  begin: [
    ...(WAITING.begin ?? []),
    { kind: 'acquire', party: 2, place: 0 },
    { kind: 'serve', party: 2, place: 0 },
    { kind: 'answer', party: 2, place: 0 },
    { kind: 'subscribe', party: 2, place: 1 },
    { kind: 'hear', party: 2, place: 1 },
    { kind: 'serve', party: 2, place: 0 },
    { kind: 'answer', party: 2, place: 0 },
  ],
};

/** A slot that goes from master to master: explored by every run of the tests. */
export const SMALL_SLOTS: readonly Shape[] = [
  { ...MOVING, name: 'b waits, a slot that moves' },
  { ...MOVING, name: 'b waits, a slot that moves there and back', moves: 2 },
  { ...MOVING, name: 'b waits, a slot that moves, a wait that gives up', aborts: 1 },
  { ...MOVING, name: 'b waits, a slot that moves, renewals by hand', renewals: 1 },
  { ...MOVING, name: 'b waits, a slot that moves, a replica that takes over', failovers: 1 },
];

/** What takes minutes, besides. */
export const LARGE_SLOTS: readonly Shape[] = [
  { ...TWO, cluster: {}, moves: 1, name: 'two lockers, a slot that moves' },
  { ...MOVING, name: 'b waits, a slot that moves, time', passes: 2 },
  { ...MOVING, name: 'b waits, a slot that moves, a lost request or reply', cuts: 1 },
  { ...MOVING, name: 'b waits, a slot that moves, a broken wake channel', breaks: 1 },
  { ...MOVING, name: 'b waits, a slot that moves, a crash, time', crashes: 1, passes: 1 },
  { ...MOVING, name: 'b waits, a slot that moves, a hand-over', handOvers: 1 },
  {
    ...TWO,
    cluster: {},
    moves: 1,
    name: 'two lockers, a slot that moves, requests that leave late',
    queued: true,
  },
  {
    ...MOVING,
    name: 'b waits, a slot that moves there and back, two failovers',
    moves: 2,
    failovers: 2,
  },
  { ...MOVING_TWO_WAIT, name: 'two wait, a slot that moves' },
  { ...MOVING_TWO_WAIT, name: 'two wait, a slot that moves there and back', moves: 2 },
  { ...MOVING_TWO_WAIT, name: 'two wait, a slot that moves, time', passes: 1 },
  {
    ...TWO,
    cluster: {},
    moves: 1,
    name: 'a reader and a writer, a slot that moves',
    modes: [{ limit: Infinity, weight: 1 }, undefined],
  },
];
