/** What the code blocks about NestJS use without saying where it comes from. */
export { HoldfastModule, LOCKER, lockerToken } from '@holdfast/decorators/nestjs';
export { Inject, Injectable, Module } from '@nestjs/common';

export class ConfigService {
  getOrThrow(name: string): string {
    return name;
  }
}
