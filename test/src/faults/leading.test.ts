import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LockerOptions } from '@holdfast/core';
import { startWorker, type WorkerProcess } from '@holdfast/support';
import type { CandidateCommands, Sighting } from './candidate.js';
import { now } from '../torture/clock.js';
import { until } from './observer.js';
import { type Scene, scenario } from './scene.js';

/** How long a term lasts without renewal, in ms. */
const ttl = 1_000;

/** Some processes that campaign, and what they have written down. */
class Campaign implements AsyncDisposable {
  readonly #journal = join(tmpdir(), `holdfast-leaders-${process.pid}-${performance.now()}`);
  readonly #candidates = new Map<string, WorkerProcess<CandidateCommands>>();
  readonly #campaigns = new Map<string, Promise<void>>();

  async join(name: string, options: LockerOptions): Promise<void> {
    const module = new URL('./candidate.js', import.meta.url);
    const args = [name, this.#journal, JSON.stringify(options)];
    const candidate = await startWorker<CandidateCommands>(module, args);
    this.#candidates.set(name, candidate);
    const led = candidate.request('campaign');
    // That of a process that is killed.
    led.catch(() => {});
    this.#campaigns.set(name, led);
  }

  /** What was seen, in the order of the clock that all share. */
  async sightings(): Promise<Sighting[]> {
    const text = await readFile(this.#journal, 'utf8').catch(() => '');
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    const all = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Sighting);
    return all.toSorted((one, other) => one.at - other.at);
  }

  /** Resolves with the leader of a term that began after that with this fencing token. */
  async leaderAfter(fencingToken: number): Promise<Sighting> {
    let leader: Sighting | undefined;
    await until(async () => {
      leader = (await this.sightings()).find((one) => one.fencingToken > fencingToken);
      return leader !== undefined;
    });
    return leader as Sighting;
  }

  /** Resolves when whoever led in this term knows that it is over. */
  ended(fencingToken: number): Promise<void> {
    const isEnd = (one: Sighting): boolean => one.end === true && one.fencingToken === fencingToken;
    return until(async () => (await this.sightings()).some(isEnd));
  }

  process(name: string): WorkerProcess<CandidateCommands> {
    const found = this.#candidates.get(name);
    assert(found);
    return found;
  }

  async kill(name: string): Promise<void> {
    await this.process(name)[Symbol.asyncDispose]();
    this.#candidates.delete(name);
    this.#campaigns.delete(name);
  }

  /** All that are left step down. */
  async end(): Promise<void> {
    for (const candidate of this.#candidates.values()) await candidate.request('stop');
    await Promise.all(this.#campaigns.values());
    for (const candidate of this.#candidates.values()) {
      assert.deepEqual(await candidate.request('faults'), []);
    }
  }

  /** That nobody believed when a later one did, and how many terms there were. */
  async assertOneAtATime(): Promise<number> {
    const terms = new Map<number, { first: number; last: number }>();
    for (const { fencingToken, at, end } of await this.sightings()) {
      if (end === true) continue;
      const { first = at } = terms.get(fencingToken) ?? {};
      terms.set(fencingToken, { first, last: at });
    }
    const inOrder = [...terms].toSorted(([one], [other]) => one - other);
    for (const [place, [token, { first }]] of inOrder.entries()) {
      const before = inOrder[place - 1];
      if (before === undefined) continue;
      const gap = first - before[1].last;
      assert.ok(gap > 0, `${before[0]} believed ${-gap} ms into the term of ${token}`);
    }
    return terms.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const candidate of this.#candidates.values()) await candidate[Symbol.asyncDispose]();
    await rm(this.#journal, { force: true });
  }
}

/** Three candidates, one of which leads. */
async function campaign({ redis }: Scene): Promise<Campaign> {
  const all = new Campaign();
  const options = { url: redis.url, ttl, commandTimeout: 1_000 };
  await Promise.all(['anna', 'ben', 'cleo'].map((name) => all.join(name, options)));
  return all;
}

scenario('there is one leader at a time when leaders are killed', async (scene) => {
  await using all = await campaign(scene);
  const first = await all.leaderAfter(0);
  await all.kill(first.candidate);
  const second = await all.leaderAfter(first.fencingToken);
  await all.kill(second.candidate);
  await all.leaderAfter(second.fencingToken);
  await all.end();
  assert.ok((await all.assertOneAtATime()) >= 3);
});

scenario('there is one leader at a time when leaders are stopped and go on', async (scene) => {
  await using all = await campaign(scene);
  let { candidate, fencingToken } = await all.leaderAfter(0);
  for (let round = 0; round < 3; round += 1) {
    const former = { candidate, fencingToken };
    all.process(candidate).pause();
    ({ candidate, fencingToken } = await all.leaderAfter(fencingToken));
    assert.notEqual(candidate, former.candidate);
    all.process(former.candidate).resume();
    await all.ended(former.fencingToken);
  }
  await all.end();
  assert.ok((await all.assertOneAtATime()) >= 4);
});

scenario(
  'there is one leader at a time when Redis is away for longer than a term',
  async (scene) => {
    await using all = await campaign(scene);
    let { fencingToken } = await all.leaderAfter(0);
    const outages: readonly [down: () => Promise<void>, up: () => Promise<void>][] = [
      [async () => scene.redis.pause(), async () => scene.redis.resume()],
      [() => scene.redis.stop(), () => scene.redis.start()],
      [() => scene.redis.kill(), () => scene.redis.start()],
    ];
    for (const [down, up] of outages) {
      await down();
      await all.ended(fencingToken);
      await up();
      ({ fencingToken } = await all.leaderAfter(fencingToken));
    }
    await all.end();
    assert.ok((await all.assertOneAtATime()) >= 4);
  },
);

scenario('a restart of Redis that keeps the data leaves one leader', async (scene) => {
  await using all = await campaign(scene);
  const { fencingToken } = await all.leaderAfter(0);
  await scene.redis.restart({ keepData: true });
  // By then it has renewed, or another one leads.
  const renewed = now() + ttl;
  const led = async (): Promise<Sighting | undefined> => (await all.sightings()).at(-1);
  await until(async () => ((await led())?.at ?? 0) > renewed);
  assert.ok(((await led())?.fencingToken ?? 0) >= fencingToken);
  await all.end();
  await all.assertOneAtATime();
});
