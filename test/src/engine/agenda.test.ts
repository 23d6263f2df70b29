import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Agenda, Appointment } from '../../../packages/core/dist/runtime/agenda.js';
import { ControlledClock } from './controlled-clock.js';
import { seededRandom } from './seeded-random.js';

describe('agenda', () => {
  test('runs appointments in the order of their moments, each at its own', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    const start = clock.now();
    const ran: string[] = [];
    for (const delay of [50, 10, 30, 20, 40]) {
      const note = (): number => ran.push(`${delay} at ${clock.now() - start}`);
      agenda.schedule(new Appointment(note), start + delay);
    }
    await clock.advance(100);
    assert.deepEqual(ran, ['10 at 10', '20 at 20', '30 at 30', '40 at 40', '50 at 50']);
  });

  test('runs a moved appointment once, at its last moment', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    const start = clock.now();
    const ran: number[] = [];
    const earlier = new Appointment(() => ran.push(clock.now() - start));
    const later = new Appointment(() => ran.push(clock.now() - start));
    agenda.schedule(earlier, start + 50);
    agenda.schedule(later, start + 20);
    agenda.schedule(earlier, start + 10);
    agenda.schedule(later, start + 80);
    await clock.advance(200);
    assert.deepEqual(ran, [10, 80]);
  });

  test('does not run what was called off, and can schedule it again', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    let runs = 0;
    const appointment = new Appointment(() => (runs += 1));
    agenda.schedule(appointment, clock.now() + 10);
    agenda.cancel(appointment);
    agenda.cancel(appointment);
    assert.equal(appointment.scheduled, false);
    await clock.advance(20);
    assert.equal(runs, 0);
    agenda.schedule(appointment, clock.now() + 10);
    assert.equal(appointment.scheduled, true);
    await clock.advance(10);
    assert.equal(runs, 1);
    assert.equal(appointment.scheduled, false);
  });

  test('has one timer while something is scheduled, and none when nothing is', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    const appointments = Array.from({ length: 100 }, () => new Appointment(() => {}));
    assert.equal(clock.timers, 0);
    for (const [index, appointment] of appointments.entries()) {
      agenda.schedule(appointment, clock.now() + 100 - index);
      assert.equal(clock.timers, 1);
    }
    for (const appointment of appointments.slice(10)) agenda.cancel(appointment);
    assert.equal(clock.timers, 1);
    for (const appointment of appointments.slice(0, 10)) agenda.cancel(appointment);
    assert.equal(clock.timers, 0);
    agenda.schedule(new Appointment(() => {}), clock.now() + 5);
    await clock.advance(5);
    assert.equal(clock.timers, 0);
  });

  test('does not set the timer anew for a moment that comes after the next one', () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    agenda.schedule(new Appointment(() => {}), clock.now() + 10);
    const before = clock.set;
    for (let i = 0; i < 1_000; i += 1) {
      agenda.schedule(new Appointment(() => {}), clock.now() + 20 + i);
    }
    assert.equal(clock.set, before);
  });

  test('looks at the clocks every second on its way to a moment far off', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    let runs = 0;
    agenda.schedule(new Appointment(() => (runs += 1)), clock.now() + 10_500);
    assert.deepEqual(clock.delays, [1_000]);
    await clock.advance(10_499);
    assert.equal(runs, 0);
    assert.equal(clock.set, 11);
    await clock.advance(1);
    assert.equal(runs, 1);
    assert.equal(clock.timers, 0);
  });

  test('tells within a second that the machine slept, and not of a clock that is set back', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    let slept = 0;
    agenda.onSleep = () => (slept += 1);
    agenda.schedule(new Appointment(() => {}), clock.now() + 60_000);
    clock.jumpWall(-3_600_000);
    await clock.advance(2_000);
    assert.equal(slept, 0);
    clock.suspend(5_000);
    await clock.advance(1_000);
    assert.equal(slept, 1);
    await clock.advance(5_000);
    assert.equal(slept, 1);
  });

  test('asks the timer for whole milliseconds and is never early', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    const due = clock.now() + 3.25;
    let ranAt = 0;
    agenda.schedule(new Appointment(() => (ranAt = clock.now())), due);
    assert.deepEqual(clock.delays, [4]);
    await clock.advance(4);
    assert.ok(ranAt >= due);
  });

  test('runs what became due in a stall at once, and lets it schedule more', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    const ran: string[] = [];
    agenda.schedule(
      new Appointment(() => {
        ran.push('first');
        agenda.schedule(new Appointment(() => ran.push('overdue')), clock.now() - 1);
        agenda.schedule(new Appointment(() => ran.push('later')), clock.now() + 10);
      }),
      clock.now() + 10,
    );
    agenda.schedule(new Appointment(() => ran.push('second')), clock.now() + 20);
    clock.stall(1_000);
    await clock.advance(0);
    assert.deepEqual(ran, ['first', 'second', 'overdue']);
    await clock.advance(10);
    assert.deepEqual(ran, ['first', 'second', 'overdue', 'later']);
    assert.equal(clock.timers, 0);
  });

  test('lets the event loop turn between the many that became due in a stall', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    let runs = 0;
    let inOneTurn = 0;
    for (let i = 0; i < 10_000; i += 1) {
      agenda.schedule(new Appointment(() => (runs += 1)), clock.now() + 10);
    }
    agenda.schedule(new Appointment(() => setImmediate(() => (inOneTurn = runs))), clock.now() + 5);
    clock.stall(1_000);
    await clock.advance(0);
    assert.ok(inOneTurn > 0 && inOneTurn <= 1_000, `${inOneTurn} in one turn`);
    assert.equal(runs, 10_000);
    assert.equal(clock.timers, 0);
  });

  test('goes on with the others when one throws', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    let runs = 0;
    agenda.schedule(
      new Appointment(() => {
        throw new Error('expected');
      }),
      clock.now() + 10,
    );
    agenda.schedule(new Appointment(() => (runs += 1)), clock.now() + 10);
    await assert.rejects(clock.advance(10), /expected/);
    assert.equal(runs, 0);
    await clock.advance(0);
    assert.equal(runs, 1);
  });

  test('a pause resolves after its time', async () => {
    const clock = new ControlledClock();
    const agenda = new Agenda(clock);
    let over = false;
    const pause = agenda.pause(50).then(() => (over = true));
    await clock.advance(49);
    assert.equal(over, false);
    await clock.advance(1);
    await pause;
    assert.equal(over, true);
  });

  test('agrees with a sorted list through thousands of random changes', async () => {
    for (const seed of [1, 2, 3]) await compareWithSortedList(seed, 3_000);
  });
});

async function compareWithSortedList(seed: number, steps: number): Promise<void> {
  const random = seededRandom(seed);
  const clock = new ControlledClock();
  const agenda = new Agenda(clock);
  const model = new Map<Appointment, number>();
  const ran: number[] = [];
  const appointments = Array.from({ length: 200 }, () => {
    const appointment: Appointment = new Appointment(() => {
      ran.push(appointment.due);
      model.delete(appointment);
    });
    return appointment;
  });
  for (let step = 0; step < steps; step += 1) {
    const choice = random();
    const appointment = appointments[Math.floor(random() * appointments.length)] as Appointment;
    if (choice < 0.65) {
      const due = clock.now() + Math.floor(random() * 500);
      model.set(appointment, due);
      agenda.schedule(appointment, due);
    } else if (choice < 0.9) {
      model.delete(appointment);
      agenda.cancel(appointment);
    } else {
      const time = Math.floor(random() * 40);
      const end = clock.now() + time;
      const expected = [...model.values()].filter((due) => due <= end).toSorted((a, b) => a - b);
      ran.length = 0;
      await clock.advance(time);
      assert.deepEqual(ran, expected, `seed ${seed}, step ${step}`);
    }
    assert.equal(appointment.scheduled, model.has(appointment));
    assert.equal(clock.timers, model.size > 0 ? 1 : 0, `seed ${seed}, step ${step}`);
  }
}
