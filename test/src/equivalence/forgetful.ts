import { Epochs } from '../../../packages/core/dist/memory/epochs.js';
import { type Channels, Keyspace } from '../../../packages/core/dist/memory/keyspace.js';
import type { Grace } from '../../../packages/core/dist/store/grace.js';
import type { Operation } from '../../../packages/core/dist/store/port.js';

type Batch = readonly [operations: readonly Operation[], now: number, grace: Grace | undefined];

/** What has been lived through; between two batches another reign may have begun. */
type Life = readonly (Batch | 'another reign')[];

/** A keyspace that can lose what was written last: it lives anew through all that came before. */
export class ForgetfulKeyspace extends Keyspace {
  readonly #channels: Channels;
  readonly #epochs: Epochs;
  readonly #life: (Batch | 'another reign')[] = [];
  #saved: Life = [];

  constructor(channels: Channels, life: Life = []) {
    let isLiving = true;
    const epochs = new Epochs();
    super(
      {
        listens: (lockerId) => channels.listens(lockerId),
        publish: (grant) => {
          if (!isLiving) channels.publish(grant);
        },
        revoke: (grant) => {
          if (!isLiving) channels.revoke(grant);
        },
      },
      epochs,
    );
    this.#channels = channels;
    this.#epochs = epochs;
    for (const event of life) {
      if (event === 'another reign') this.#beginReign();
      else this.applyAll(...event);
    }
    isLiving = false;
  }

  override applyAll(...batch: Batch): ReturnType<Keyspace['applyAll']> {
    this.#life.push(batch);
    return super.applyAll(...batch);
  }

  override loseData(): void {
    this.#life.length = 0;
    super.loseData();
  }

  save(): void {
    this.#saved = [...this.#life];
  }

  /** What it was when it was saved, under another reign. */
  lose(): ForgetfulKeyspace {
    const former = new ForgetfulKeyspace(this.#channels, this.#saved);
    former.#beginReign();
    former.save();
    return former;
  }

  #beginReign(): void {
    this.#life.push('another reign');
    this.#epochs.clear();
  }
}
