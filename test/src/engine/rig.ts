import assert from 'node:assert/strict';
import { Engine } from '../../../packages/core/dist/engine/engine.js';
import { Locker } from '../../../packages/core/dist/locker/locker.js';
import type { ResolvedAcquireOptions } from '../../../packages/core/dist/locker/acquire-options.js';
import { ControlledClock, turn } from './controlled-clock.js';
import { ScriptedServer } from './scripted-server.js';
import type { ScriptedSession } from './scripted-session.js';
import { watch, type Watched } from './watch.js';

/** The published types keep the constructor to themselves. */
const LockerOf = Locker as unknown as new (
  engine: Engine,
  keyPrefix: string,
  defaults: ResolvedAcquireOptions,
) => Locker;

const DEFAULTS: ResolvedAcquireOptions = {
  ttl: 30_000,
  waitTimeout: Infinity,
  renew: true,
  room: undefined,
  maxHold: Infinity,
  warnAfter: 10_000,
  maxWaiting: Infinity,
  onOutage: 'throw',
  signal: undefined,
  holdAtLeast: 0,
  group: undefined,
};

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

/** A locker, its engine and its line to the server. */
export interface Party {
  readonly locker: Locker;
  readonly engine: Engine;
  readonly line: ScriptedSession;
}

/**
 * Lockers around one scripted server, all by one controlled clock. At its end all lines are healed,
 * all lockers closed, and no rejection may have gone unhandled.
 */
export class Rig implements AsyncDisposable {
  readonly clock: ControlledClock = new ControlledClock();
  readonly server: ScriptedServer = new ScriptedServer(this.clock);
  readonly #parties: Party[] = [];

  /** Lock keys are the bare names. */
  async party(commandTimeout = 5_000, listen = false): Promise<Party> {
    const lockerId = `party-${this.#parties.length + 1}`;
    const { clock } = this;
    const options = { lockerId, nonce: () => '', owner: '', clock, commandTimeout, listen };
    const engine = await Engine.open(this.server, options);
    const line = this.server.sessions.get(lockerId);
    assert.ok(line);
    const party = { locker: new LockerOf(engine, '', DEFAULTS), engine, line };
    this.#parties.push(party);
    return party;
  }

  watch<T>(promise: Promise<T>): Watched<T> {
    return watch(this.clock, promise);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { line } of this.#parties) line.heal();
    await this.clock.until(Promise.all(this.#parties.map(({ locker }) => locker.close())));
    await turn();
    assert.deepEqual(unhandled.splice(0), [], 'nothing becomes an unhandled rejection');
  }
}
