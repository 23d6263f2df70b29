import { createLocker, type Locker, type LockerOptions } from '@holdfast/core';
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

/** Where the options of the locker come from, when they have to be asked for. */
export interface HoldfastModuleAsyncOptions {
  /** Modules that export what is injected. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** What `useFactory` is called with. */
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  /** Gives the options of `createLocker`. */
  readonly useFactory: FactoryProvider<LockerOptions>['useFactory'];
}

/**
 * One locker for a NestJS application: opened when the application starts, provided everywhere under
 * the token {@link LOCKER}, and the default of all methods with `@Locked`. It is closed when the
 * application is shut down, after its servers: by `app.close()`, or by a signal if the application
 * has called `enableShutdownHooks()`.
 *
 * The default is that of the process: where several applications run in one, their providers should
 * name the injected locker with `@UseLocker`.
 *
 * @example
 * ```ts
 * @Module({ imports: [HoldfastModule.forRoot({ url: 'redis://localhost:6379' })] })
 * class AppModule {}
 * ```
 */
export class HoldfastModule implements OnApplicationShutdown {
  readonly #locker: Locker;

  /** @internal */
  constructor(locker: Locker) {
    this.#locker = locker;
  }

  /** With the options of `createLocker`. The application does not start if that fails. */
  static forRoot(options: LockerOptions = {}): DynamicModule {
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
    const provider: FactoryProvider<Locker> = {
      provide: LOCKER,
      inject,
      useFactory: async (...args: readonly unknown[]) => {
        const locker = await createLocker(await useFactory(...args));
        setDefaultLocker(locker);
        return locker;
      },
    };
    return {
      module: HoldfastModule,
      global: true,
      imports,
      providers: [provider],
      exports: [LOCKER],
    };
  }

  /** Called by NestJS. */
  async onApplicationShutdown(): Promise<void> {
    if (defaultLocker() === this.#locker) setDefaultLocker(undefined);
    await this.#locker.close();
  }
}

// What `@Module({})` and `@Inject(LOCKER)` would do, in any dialect of decorators.
Module({})(HoldfastModule);
Inject(LOCKER)(HoldfastModule, undefined, 0);
