import type { Toolchain } from './toolchains.js';

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
    scripts: { standard: undefined, legacy: undefined },
  },
];
