import { type Duration, type LockerOptions, parseDuration } from '@holdfast/core';
import type { FactoryProvider, InjectionToken, ModuleMetadata, Type } from '@nestjs/common';
import { show } from '../label.js';
import { LOCKER, lockerToken } from './locker-token.js';

/** Options of {@link HoldfastModule}. */
export interface HoldfastModuleOptions extends LockerOptions {
  /**
   * How long work under locks may go on when the application shuts down, after its servers have closed:
   * background jobs, above all. Default 0: it is told at once, through the signals of its locks.
   */
  readonly drain?: Duration | undefined;
}

/** What Nest has to know before the options can be asked for. */
export interface HoldfastModulePlace {
  /** Whether all modules of the application can inject the locker, or those that import this. Default true. */
  readonly isGlobal?: boolean | undefined;
  /**
   * For an application with lockers on several servers: this one is injected by `lockerToken(name)`, and is
   * not the default of `@Locked`. Default: none, and the token is `LOCKER`.
   */
  readonly name?: string | undefined;
}

/** A provider of options. */
export interface HoldfastOptionsFactory {
  createHoldfastOptions(): HoldfastModuleOptions | Promise<HoldfastModuleOptions>;
}

/** Where the options of the locker come from, when they have to be asked for: one of the three. */
export interface HoldfastModuleAsyncOptions extends HoldfastModulePlace {
  /** Modules that export what is injected. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** What `useFactory` is called with. */
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  /** Gives the options of `createLocker`, and `drain`. */
  readonly useFactory?: FactoryProvider<HoldfastModuleOptions>['useFactory'];
  /** A class that gives them; it is made here. */
  readonly useClass?: Type<HoldfastOptionsFactory>;
  /** A provider that gives them, of one of the `imports`. */
  readonly useExisting?: InjectionToken<HoldfastOptionsFactory>;
}

/** What was given to the module, parsed. */
export interface Parsed {
  /** In ms. */
  readonly drain: number;
  readonly ofLocker: LockerOptions;
}

export function parseOptions({ drain = 0, ...ofLocker }: HoldfastModuleOptions): Parsed {
  return { drain: parseDuration('drain', drain, 0), ofLocker };
}

/** Where the locker is to be found. */
export interface Place {
  readonly token: symbol | string;
  readonly isGlobal: boolean;
  readonly isDefault: boolean;
}

/** @throws {TypeError} that names the option. */
export function parsePlace({ isGlobal = true, name }: HoldfastModulePlace): Place {
  if (typeof isGlobal !== 'boolean') {
    throw new TypeError(`HoldfastModule: isGlobal: ${show(isGlobal)} is not a boolean.`);
  }
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw new TypeError(`HoldfastModule: name: ${show(name)} is not a word.`);
  }
  const token = name === undefined ? LOCKER : lockerToken(name);
  return { token, isGlobal, isDefault: name === undefined };
}
