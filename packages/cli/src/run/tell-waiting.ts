import { isatty } from 'node:tty';
import { onEvent } from '@holdfast/core';
import { describeHolder } from '../output/holder.js';
import { say } from '../output/say.js';

/** Says for whom we wait, if a person looks on. */
export function tellWaiting(): Disposable {
  if (!isatty(2)) return { [Symbol.dispose]() {} };
  return onEvent((event) => {
    if (event.channel !== 'holdfast:wait-begin') return;
    const { lockName, holder } = event;
    say(`waiting for ${lockName}, held by ${describeHolder(holder)}`);
  });
}
