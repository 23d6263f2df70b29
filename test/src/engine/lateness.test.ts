import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Agenda, Appointment } from '../../../packages/core/dist/runtime/agenda.js';
import { Lateness } from '../../../packages/core/dist/runtime/lateness.js';
import { ControlledClock } from './controlled-clock.js';

describe('lateness', () => {
  test('is that of the latest ring since a moment', () => {
    const lateness = new Lateness();
    const rings = [
      [100, 500],
      [200, 20],
      [300, 90],
      [400, 30],
    ] as const;
    for (const [at, by] of rings) lateness.note(at, by);
    assert.deepEqual(
      [0, 100, 101, 300, 301, 401].map((moment) => lateness.since(moment)),
      [500, 500, 90, 90, 30, 0],
    );
  });

  test('of a few ms is none', () => {
    const lateness = new Lateness();
    lateness.note(100, 9);
    assert.equal(lateness.since(0), 0);
  });

  test('is remembered of the last ones only, however many come', () => {
    const lateness = new Lateness();
    for (let n = 0; n < 1_000; n += 1) lateness.note(n, 2_000 - n);
    assert.equal(lateness.since(999), 1_001);
    assert.equal(lateness.since(0), 1_064);
  });
});

describe('an agenda', () => {
  test('tells how late its timer is, also before it rings', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    const begun = clock.now();
    agenda.schedule(new Appointment(() => {}), begun + 300);
    clock.stall(200);
    assert.equal(agenda.lateSince(begun), 0);
    clock.stall(700);
    assert.equal(agenda.lateSince(begun), 600);
    await clock.advance(0);
    assert.equal(agenda.lateSince(begun), 600);
    assert.equal(agenda.lateSince(clock.now() + 1), 0);
  });

  test('is not late for what was due before it was asked for', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    agenda.schedule(new Appointment(() => {}), clock.now() - 5_000);
    await clock.advance(0);
    assert.equal(agenda.lateSince(0), 0);
  });
});
