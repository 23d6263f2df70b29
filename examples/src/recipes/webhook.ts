import type { Lock, Locker } from '@holdfast/core';

/** Where answers are kept, for as long as the sender may send a delivery again. */
export interface Answers {
  find(delivery: string): Promise<string | null>;
  keep(delivery: string, answer: string): Promise<unknown>;
}

/** Works once for a delivery, and gives each repetition the answer that the first one got. */
export function answerOnce(
  locker: Locker,
  answers: Answers,
  delivery: string,
  work: (lock: Lock) => Promise<string>,
): Promise<string> {
  return locker.using(`webhook:${delivery}`, { waitTimeout: '10s' }, async (lock) => {
    // Under the lock: whoever waited for it finds what its holder has kept.
    const known = await answers.find(delivery);
    if (known !== null) return known;
    const answer = await work(lock);
    await answers.keep(delivery, answer);
    return answer;
  });
}
