import { createLocker, memoryStore } from '@holdfast/core';
import { Locked } from '@holdfast/decorators';

const locker = createLocker({ store: memoryStore() });

class Jobs {
  @Locked('job', { locker })
  async run(): Promise<string> {
    return 'done';
  }
}

async function main(): Promise<void> {
  console.log(await new Jobs().run());
  await (await locker).close();
}

void main();
