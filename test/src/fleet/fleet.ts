import { startRedis, startWorker, type WorkerProcess } from '@holdfast/support';
import { Observer } from '../faults/observer.js';
import { FormerCore } from './former-core.js';
import type { MemberCommands } from './member.js';

export type Member = WorkerProcess<MemberCommands>;

/** Processes with lockers of the former and of the present version, on one server. */
export class Fleet implements AsyncDisposable {
  readonly observer: Observer;
  /** Two of each. */
  readonly former: readonly [Member, Member];
  readonly present: readonly [Member, Member];
  readonly #resources: readonly AsyncDisposable[];

  private constructor(
    resources: readonly AsyncDisposable[],
    observer: Observer,
    [one, two, three, four]: readonly [Member, Member, Member, Member],
  ) {
    this.observer = observer;
    this.former = [one, two];
    this.present = [three, four];
    this.#resources = resources;
  }

  static async open(): Promise<Fleet> {
    const resources: AsyncDisposable[] = [];
    const kept = <T extends AsyncDisposable>(resource: T): T => {
      resources.unshift(resource);
      return resource;
    };
    try {
      const former = kept(await FormerCore.make());
      const redis = kept(await startRedis());
      const observer = kept(await Observer.open(redis.url));
      const module = new URL('./member.js', import.meta.url);
      const start = async (core: string): Promise<Member> =>
        kept(await startWorker<MemberCommands>(module, [core, redis.url]));
      const present = import.meta.resolve('@holdfast/core');
      const members = await Promise.all([
        start(former.module),
        start(former.module),
        start(present),
        start(present),
      ]);
      return new Fleet(resources, observer, members);
    } catch (error) {
      await disposeAll(resources);
      throw error;
    }
  }

  /** Both versions, each as the one and as the other. */
  get pairings(): readonly (readonly [one: Member, other: Member])[] {
    const [former, present] = [this.former[0], this.present[0]];
    return [
      [former, present],
      [present, former],
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disposeAll(this.#resources);
  }
}

async function disposeAll(resources: readonly AsyncDisposable[]): Promise<void> {
  for (const resource of resources) await resource[Symbol.asyncDispose]();
}
