import { runLocked } from './call/run.js';
import type { AnyFunction, Terms } from './call/terms.js';
import { groupOf } from './key/group.js';
import type { ParameterPart } from './key/lock-key.js';
import { parseKey } from './key/several.js';
import { type Label, nameOf } from './label.js';
import { disguise } from './metadata/disguise.js';
import { attach, type LockMetadata, remember } from './metadata/lock-metadata.js';
import { isOf, type Place } from './metadata/place.js';
import type { LockedKey, LockedOptions } from './options.js';
import { parseOptions } from './parse-options.js';

/** What was given to `@Locked`. */
export interface Given {
  readonly key: LockedKey;
  readonly options: LockedOptions;
}

/** Where it stands. */
export interface Site {
  readonly label: Label;
  readonly place: Place;
  /** Parts of the key that are marked on the parameters. */
  readonly marked: readonly ParameterPart[];
}

/** One `@Locked` on one method, parsed: what both dialects have in common. */
export class Locking {
  static #made = 0;
  /** Decorators of one method are made from the inside out. */
  readonly order: number;
  readonly #terms: Terms;
  readonly #metadata: LockMetadata;

  /** @throws {TypeError | RangeError} if the key or an option is malformed. */
  constructor({ key, options }: Given, { label, place, marked }: Site) {
    Locking.#made += 1;
    this.order = Locking.#made;
    const parsed = parseOptions(options, label);
    const { naming, parts } = parseKey(key, marked, label, parsed.acquire);
    const group = parsed.acquire.group ?? groupOf(key, marked);
    this.#terms = { label, place, naming, ...parsed, acquire: { ...parsed.acquire, group } };
    this.#metadata = Object.freeze({ key, parts, options: Object.freeze({ ...options }) });
    this.remember();
  }

  /** At the class, as soon as that is known. */
  remember(): void {
    const { place, label } = this.#terms;
    remember(this.#metadata, place, label.methodName);
  }

  /**
   * The method under its lock.
   *
   * @param owner - whose it is, if it is a function in a field. It goes with its instance when it is
   *   passed on, and with another one of its class when it is called on that.
   * @throws {TypeError} if it is a generator.
   */
  wrap(method: AnyFunction, owner?: object): AnyFunction {
    const terms = this.#terms;
    assertNoGenerator(method, terms.label);
    const selfOf = (self: unknown): unknown =>
      owner === undefined || (self !== owner && isOf(self, terms.place)) ? self : owner;
    // A method, as what it wraps: without a prototype, and nothing that `new` could call.
    // oxlint-disable-next-line typescript/unbound-method -- it is bound to what it is put on
    const { locked: wrapper } = {
      locked(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
        return runLocked(terms, method, selfOf(this), args);
      },
    };
    disguise(wrapper, method);
    attach(this.#metadata, wrapper, method);
    return wrapper;
  }
}

/** Its work begins when the generator is asked, and the lock would have been given back by then. */
function assertNoGenerator(method: AnyFunction, label: Label): void {
  const kind = Object.prototype.toString.call(method);
  if (kind !== '[object GeneratorFunction]' && kind !== '[object AsyncGeneratorFunction]') return;
  throw new TypeError(
    `@Locked on ${nameOf(label)}: it stands on a generator, whose work would not be locked.`,
  );
}
