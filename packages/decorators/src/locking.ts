import { runLocked } from './call/run.js';
import type { AnyFunction, Terms } from './call/terms.js';
import type { ParameterPart } from './key/lock-key.js';
import { parseKey } from './key/naming.js';
import type { Label } from './label.js';
import { disguise } from './metadata/disguise.js';
import { attach, type LockMetadata, type Place, remember } from './metadata/lock-metadata.js';
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
    const { naming, parts } = parseKey(key, marked, label);
    this.#terms = { label, naming, ...parseOptions(options, label) };
    this.#metadata = Object.freeze({ key, parts, options: Object.freeze({ ...options }) });
    remember(this.#metadata, place);
  }

  /** The method under its lock. `owner`: whose it is, if not that of each call. */
  wrap(method: AnyFunction, owner?: unknown): AnyFunction {
    const terms = this.#terms;
    // A method, as what it wraps: without a prototype, and nothing that `new` could call.
    // oxlint-disable-next-line typescript/unbound-method -- it is bound to what it is put on
    const { locked: wrapper } = {
      locked(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
        return runLocked(terms, method, owner ?? this, args);
      },
    };
    disguise(wrapper, method);
    attach(this.#metadata, wrapper, method);
    return wrapper;
  }
}
