import { createLocker } from '@holdfast/core';
import { Locked, setDefaultLocker } from '@holdfast/decorators';

const [url = '', holdAtLeast = ''] = process.argv.slice(2);

class Job {
  @Locked('job:daily', { ttl: 500, holdAtLeast: Number(holdAtLeast) })
  async run(): Promise<string> {
    return 'done';
  }
}

/** It ends with its last statement, and does not close what it opened. */
setDefaultLocker(createLocker({ url }));
console.log(await new Job().run());
