/** A worker: one locker, and some tasks that take locks, work and write, until told to finish. */
import { setTimeout as elapse } from 'node:timers/promises';
import { createLocker, HoldfastError, type Locker, type LockJSON } from '@holdfast/core';
import { serveWorker, standStill } from '@holdfast/support';
import { randomOf } from '../random.js';
import { Calls } from './calls.js';
import { choose, LONGEST_TTL } from './choice.js';
import { Journal } from './journal.js';
import { watchLag } from './lag.js';
import { isAnnounced } from './outcome.js';
import { noteTopology } from './notices.js';
import { RegisterClient } from './register-client.js';
import type { Settings, WorkerCommands, WorkerEvents } from './settings.js';
import { adopted, turn, type World } from './task.js';
import { watchTimers } from '../../engine/timers.js';
import { Witness } from './witness.js';

const TASKS = 4;
/** For a pause between two tries to connect to run out, after the locker was closed; in ms. */
const PAUSE = 300;

const settings = JSON.parse(process.argv[2] ?? '{}') as Settings;
const journal = new Journal(settings.journal);
const alarm = (message: string): void => journal.write({ kind: 'alarmed', message });
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error: unknown) => alarm(`${event}: ${String(error)}`));
}
watchLag((at, to) => journal.write({ kind: 'lagged', at, to }));
noteTopology((message) => journal.write({ kind: 'noticed', message }));

let finishing = false;
const busy = new Set<Promise<void>>();

/** Does something that has to be over before this process ends. */
function begin(work: Promise<void>): void {
  const done = work
    .catch((error: unknown) => {
      if (!isAnnounced(error)) alarm(`an error that nobody announced: ${String(error)}`);
    })
    .finally(() => busy.delete(done));
  busy.add(done);
}

async function task(world: World, index: number): Promise<void> {
  const random = randomOf(settings.seed, settings.slot, index);
  while (!finishing) {
    const choice = choose(random);
    await elapse(choice.pause);
    if (finishing) return;
    const done = turn(world, choice);
    begin(done);
    await done.catch(() => {});
  }
}

/** The server may be away when we come. */
async function connected(): Promise<Locker> {
  const { where, commandTimeout, grace } = settings;
  const terms = grace > 0 ? { grace, ttl: LONGEST_TTL } : {};
  for (;;) {
    try {
      const times = { commandTimeout, connectTimeout: commandTimeout };
      return await createLocker({ ...where, ...times, ...terms });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      await elapse(100);
    }
  }
}

const parent = serveWorker<WorkerEvents>({
  async adopt(json) {
    const { world } = await ready;
    if (!finishing) begin(adopted(world, json as LockJSON));
  },
  async stall(time) {
    standStill(time);
  },
  async finish(how) {
    finishing = true;
    const timersLeft = watchTimers();
    const { calls, register, before } = await ready;
    if (how === 'in peace') while (busy.size > 0) await Promise.all(busy);
    await calls.close();
    while (busy.size > 0) await Promise.all(busy);
    register.close();
    await elapse(PAUSE);
    // The end of that pause is told a turn later.
    await new Promise((resolve) => setImmediate(resolve));
    const timers = timersLeft();
    // Does not keep the process: it ends by itself if nothing else does.
    process.channel?.unref();
    return [...added(before, process.getActiveResourcesInfo()), ...timers];
  },
} satisfies WorkerCommands);

const offer = (json: unknown): void => parent.emit('offer', json);
const ready = start();

async function start() {
  const { commandTimeout } = settings;
  const before = process.getActiveResourcesInfo();
  const register = await RegisterClient.open(settings.register);
  const locker = await connected();
  const witness = new Witness(journal);
  const calls = new Calls(locker, journal, witness, commandTimeout);
  const world = { calls, journal, register, offer };
  for (let index = 0; index < TASKS; index += 1) begin(task(world, index));
  return { world, calls, register, before };
}

/** What is there more than before. */
function added(before: readonly string[], after: readonly string[]): string[] {
  const rest = [...after];
  for (const resource of before) {
    const place = rest.indexOf(resource);
    if (place !== -1) rest.splice(place, 1);
  }
  return rest;
}
