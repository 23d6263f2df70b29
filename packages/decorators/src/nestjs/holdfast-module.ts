import { createLocker, type Locker } from '@holdfast/core';
import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { defaultLocker, setDefaultLocker } from '../locker/default-locker.js';
import { HoldfastHealthIndicator } from './health-indicator.js';
import { OWN_LOCKER } from './own-locker.js';
import {
  type HoldfastModuleAsyncOptions,
  type HoldfastModuleOptions,
  type HoldfastModulePlace,
  type HoldfastOptionsFactory,
  type Parsed,
  parseOptions,
  parsePlace,
  type Place,
} from './module-options.js';

/** Those of the applications that run in this process, in the order in which they came. */
const running: Locker[] = [];

/** The injection tokens of the module's own options. */
const OPTIONS = Symbol('holdfast:options');
const PLACE = Symbol('holdfast:place');
const FACTORY = Symbol('holdfast:options-factory');

/**
 * One locker for a NestJS application: opened when the application starts, provided everywhere under
 * the token {@link LOCKER}, and the default of all methods with `@Locked`. It is closed when the
 * application is shut down, after its servers: by `app.close()`, or by a signal if the application
 * has called `enableShutdownHooks()`. With it comes a {@link HoldfastHealthIndicator}.
 *
 * The default is that of the process, and of the application that came last: where several run in
 * one, their providers should name the injected locker with `@UseLocker`. When that application is shut
 * down, the locker of the one before is the default again.
 *
 * @example
 * ```ts
 * @Module({ imports: [HoldfastModule.forRoot({ url: 'redis://localhost:6379' })] })
 * class AppModule {}
 * ```
 */
export class HoldfastModule implements OnApplicationShutdown {
  readonly #locker: Locker;
  /** In ms. */
  readonly #drain: number;
  readonly #isDefault: boolean;

  /** @internal */
  constructor(locker: Locker, { drain }: Parsed, { isDefault }: Place) {
    this.#locker = locker;
    this.#drain = drain;
    this.#isDefault = isDefault;
    if (!isDefault) return;
    // What is injected, whoever made it: a test may have put another one in the place of ours.
    running.push(locker);
    setDefaultLocker(locker);
  }

  /**
   * With the options of `createLocker`, and those of the module. The application does not start if that
   * fails.
   *
   * @example Jobs have ten seconds to finish
   * ```ts
   * @Module({ imports: [HoldfastModule.forRoot({ drain: '10s' })] })
   * class AppModule {}
   * ```
   *
   * @throws {TypeError} for a bad `name` or `isGlobal`.
   */
  static forRoot(options: HoldfastModuleOptions & HoldfastModulePlace = {}): DynamicModule {
    const { isGlobal, name, ...rest } = options;
    return this.forRootAsync({ isGlobal, name, useFactory: () => rest });
  }

  /**
   * With options that other providers know.
   *
   * @example
   * ```ts
   * HoldfastModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ url: config.getOrThrow('REDIS_URL') }),
   * });
   * ```
   *
   * @throws {TypeError} for a bad `name` or `isGlobal`, or if it is not said where the options come from.
   */
  static forRootAsync(options: HoldfastModuleAsyncOptions): DynamicModule {
    const place = parsePlace(options);
    // Of several, that of the default is the one that is injected by its class.
    const indicators = place.isDefault ? [HoldfastHealthIndicator] : [];
    const locker: FactoryProvider<Locker> = {
      provide: place.token,
      inject: [OPTIONS],
      useFactory: ({ ofLocker }: Parsed) => createLocker(ofLocker),
    };
    return {
      module: HoldfastModule,
      global: place.isGlobal,
      imports: options.imports ?? [],
      providers: [
        ...providersOf(options),
        { provide: PLACE, useValue: place },
        locker,
        { provide: OWN_LOCKER, useExisting: place.token },
        ...indicators,
      ],
      exports: [place.token, ...indicators],
    };
  }

  /** Called by NestJS. */
  async onApplicationShutdown(): Promise<void> {
    if (this.#isDefault) {
      running.splice(running.lastIndexOf(this.#locker), 1);
      if (defaultLocker() === this.#locker) setDefaultLocker(running.at(-1));
    }
    await this.#locker.close({ drain: this.#drain });
  }
}

/** Of the options of the locker. */
function providersOf(options: HoldfastModuleAsyncOptions): readonly Provider[] {
  const { inject = [], useFactory, useClass, useExisting } = options;
  const given = [useFactory, useClass, useExisting].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new TypeError('HoldfastModule: give one of useFactory, useClass and useExisting.');
  }
  if (useFactory !== undefined) {
    const ask = async (...args: readonly unknown[]): Promise<Parsed> =>
      parseOptions(await useFactory(...args));
    return [{ provide: OPTIONS, inject, useFactory: ask }];
  }
  const asked: FactoryProvider<Parsed> = {
    provide: OPTIONS,
    inject: [useExisting ?? FACTORY],
    useFactory: async (factory: HoldfastOptionsFactory) =>
      parseOptions(await factory.createHoldfastOptions()),
  };
  return useClass === undefined ? [asked] : [{ provide: FACTORY, useClass }, asked];
}

// What `@Module({})` and `@Inject(…)` would do, in any dialect of decorators.
Module({})(HoldfastModule);
Inject(OWN_LOCKER)(HoldfastModule, undefined, 0);
Inject(OPTIONS)(HoldfastModule, undefined, 1);
Inject(PLACE)(HoldfastModule, undefined, 2);
