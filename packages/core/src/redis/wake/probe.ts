import { type Agenda, Appointment } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { FALLBACK_INTERVAL } from '../../store/protocol.js';
import { Silence } from '../silence.js';

/** What was published is back after so long, in ms, or does not come. */
const LONGEST_ECHO = 1_000;

export interface ProbeOptions {
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** The number of the channel that stands; 0: none. */
  channel(): number;
  /**
   * Publishes on the channel by way of a connection for commands. Resolves with the number of
   * receivers; undefined: there is no such connection.
   */
  publish(message: string): Promise<number> | undefined;
  /** Nothing comes on this channel. `certain`: the server says that nobody listens. */
  deaf(channel: number, certain: boolean): void;
}

interface Trial {
  readonly channel: number;
  readonly message: string;
  readonly silence: Silence;
  /** There was a receiver: now the echo must come. */
  published: boolean;
}

/**
 * Makes sure that a wake channel delivers: has the server that serves the commands say something on
 * it, and listens. One trial at a time.
 */
export class Probe {
  readonly #options: ProbeOptions;
  readonly #timeUp = new Appointment((now) => this.#look(now));
  #trial: Trial | undefined;
  #trials = 0;
  #next = -Infinity;
  /** Something happened meanwhile that the trial under way says nothing about. */
  #again = false;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  /** Tries the channel, unless that was done of late. */
  inTime(): void {
    if (this.#trial === undefined && this.#options.clock.now() >= this.#next) this.atOnce();
  }

  atOnce(): void {
    const { clock, agenda } = this.#options;
    const channel = this.#options.channel();
    this.#again = this.#trial !== undefined;
    if (this.#again || channel === 0) return;
    const message = `echo ${++this.#trials}`;
    const published = this.#options.publish(message);
    if (published === undefined) return;
    const now = clock.now();
    const trial = { channel, message, silence: new Silence(now, LONGEST_ECHO), published: false };
    this.#trial = trial;
    this.#next = now + FALLBACK_INTERVAL;
    agenda.schedule(this.#timeUp, trial.silence.due);
    published.then(
      (receivers) => this.#onPublished(trial, receivers),
      // The connection for commands was lost, or may not publish: that says nothing.
      () => this.#end(trial),
    );
  }

  /** A message came on the channel. */
  heard(message: string): void {
    if (this.#trial?.message === message) this.#end(this.#trial);
  }

  close(): void {
    this.#again = false;
    this.#trial = undefined;
    this.#options.agenda.cancel(this.#timeUp);
  }

  #onPublished(trial: Trial, receivers: number): void {
    trial.published = true;
    trial.silence.broken(this.#options.clock.now());
    if (receivers !== 0) return;
    this.#end(trial);
    this.#options.deaf(trial.channel, true);
  }

  #look(now: number): void {
    const trial = this.#trial;
    if (trial === undefined) return;
    if (!trial.silence.over(now)) {
      this.#options.agenda.schedule(this.#timeUp, trial.silence.due);
      return;
    }
    this.#end(trial);
    if (trial.published) this.#options.deaf(trial.channel, false);
  }

  #end(trial: Trial): void {
    if (this.#trial !== trial) return;
    this.#trial = undefined;
    this.#options.agenda.cancel(this.#timeUp);
    if (this.#again) this.atOnce();
  }
}
