import {
  createLocker,
  type Duration,
  type Locker,
  type LockerOptions,
  parseDuration,
} from '@holdfast/core';
import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type ModuleMetadata,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { defaultLocker, setDefaultLocker } from '../locker/default-locker.js';
import { LOCKER } from './locker-token.js';

/** Those of the applications that run in this process, in the order in which they came. */
const running: Locker[] = [];

/** The injection token of the module's own options. */
const OPTIONS = Symbol('holdfast:options');

/** Options of {@link HoldfastModule}. */
export interface HoldfastModuleOptions extends LockerOptions {
  /**
   * How long work under locks may go on when the application shuts down, after its servers have closed:
   * background jobs, above all. Default 0: it is told at once, through the signals of its locks.
   */
  readonly drain?: Duration | undefined;
}

interface Parsed {
  /** In ms. */
  readonly drain: number;
  readonly ofLocker: LockerOptions;
}

/** Where the options of the locker come from, when they have to be asked for. */
export interface HoldfastModuleAsyncOptions {
  /** Modules that export what is injected. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** What `useFactory` is called with. */
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  /** Gives the options of `createLocker`, and `drain`. */
  readonly useFactory: FactoryProvider<HoldfastModuleOptions>['useFactory'];
}

/**
 * One locker for a NestJS application: opened when the application starts, provided everywhere under
 * the token {@link LOCKER}, and the default of all methods with `@Locked`. It is closed when the
 * application is shut down, after its servers: by `app.close()`, or by a signal if the application
 * has called `enableShutdownHooks()`.
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

  /** @internal */
  constructor(locker: Locker, { drain }: Parsed) {
    this.#locker = locker;
    this.#drain = drain;
    // What is injected, whoever made it: a test may have put another one in the place of ours.
    running.push(locker);
    setDefaultLocker(locker);
  }

  /**
   * With the options of `createLocker`, and `drain`. The application does not start if that fails.
   *
   * @example Jobs have ten seconds to finish
   * ```ts
   * @Module({ imports: [HoldfastModule.forRoot({ drain: '10s' })] })
   * class AppModule {}
   * ```
   */
  static forRoot(options: HoldfastModuleOptions = {}): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
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
   */
  static forRootAsync(options: HoldfastModuleAsyncOptions): DynamicModule {
    const { imports = [], inject = [], useFactory } = options;
    const parsed: FactoryProvider<Parsed> = {
      provide: OPTIONS,
      inject,
      useFactory: async (...args: readonly unknown[]) => {
        const { drain = 0, ...ofLocker } = await useFactory(...args);
        return { drain: parseDuration('drain', drain, 0), ofLocker };
      },
    };
    const provider: FactoryProvider<Locker> = {
      provide: LOCKER,
      inject: [OPTIONS],
      useFactory: ({ ofLocker }: Parsed) => createLocker(ofLocker),
    };
    return {
      module: HoldfastModule,
      global: true,
      imports,
      providers: [parsed, provider],
      exports: [LOCKER],
    };
  }

  /** Called by NestJS. */
  async onApplicationShutdown(): Promise<void> {
    running.splice(running.lastIndexOf(this.#locker), 1);
    if (defaultLocker() === this.#locker) setDefaultLocker(running.at(-1));
    await this.#locker.close({ drain: this.#drain });
  }
}

// What `@Module({})` and `@Inject(LOCKER)` would do, in any dialect of decorators.
Module({})(HoldfastModule);
Inject(LOCKER)(HoldfastModule, undefined, 0);
Inject(OPTIONS)(HoldfastModule, undefined, 1);
