import { createLocker, memoryStore } from '@holdfast/core';
import { assertLocked, Locked } from '@holdfast/decorators';

export const dynamic = 'force-dynamic';

const { REDIS_URL } = process.env;
const locker = createLocker(
  REDIS_URL === undefined ? { store: memoryStore() } : { url: REDIS_URL },
);

class Invoices {
  @Locked('invoice:{0.id}', { locker })
  async charge({ id }: { readonly id: number }): Promise<string> {
    return `${id} under ${assertLocked().name}`;
  }
}

export async function GET(): Promise<Response> {
  await using lock = await (await locker).acquire('order:42');
  return Response.json([lock.held, await new Invoices().charge({ id: 42 })]);
}
