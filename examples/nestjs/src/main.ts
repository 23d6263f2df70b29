/**
 * A NestJS application that may run many times: charges of one invoice exclude each other, and the
 * report is sent by one instance only.
 *
 * `REDIS_URL=redis://localhost:6379 PORT=3000 node examples/nestjs/dist/main.js`
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
  logger: ['error', 'warn'],
});
// A signal ends the application in good order, and with it the locker.
app.enableShutdownHooks();
await app.listen(process.env['PORT'] ?? 3000, '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
