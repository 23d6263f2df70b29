/** What a module does that does not know of reloads: each time a locker of its own. */
import { createLocker, type Locker } from '@holdfast/core';

export const locker: Locker = await createLocker();
