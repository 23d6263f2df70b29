import type { Limit } from './cell.js';
import type { Toolchain } from './toolchains.js';

/** Turbopack calls decorators in the older way, whatever they are, and with less than they are due. */
const TURBOPACK: Limit = {
  error: 'it stands on something else than a method',
  instead: '`"experimentalDecorators": true` in `tsconfig.json`',
};

/** The version of all packages of NestJS that go together. */
function nest(version: string): Toolchain {
  return {
    fixture: 'nestjs',
    name: 'NestJS',
    versionOf: '@nestjs/core',
    packages: { '@nestjs/common': version, '@nestjs/core': version },
    scripts: { legacy: undefined },
  };
}

/** Applications that are built and run. */
export const FRAMEWORKS: readonly Toolchain[] = [
  nest('11.2.10'),
  nest('12.5.1'),
  {
    fixture: 'next',
    name: 'Next',
    detail: 'Turbopack',
    versionOf: 'next',
    scripts: { standard: TURBOPACK, legacy: undefined },
  },
];
