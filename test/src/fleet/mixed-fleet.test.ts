/** Processes of the version before this one and of this one share a server, as in a rollout. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeTempFolder } from '@holdfast/support';
import { Fleet, type Member } from './fleet.js';
import { FormerCore } from './former-core.js';
import type { Granted } from './member.js';

const skip = await FormerCore.missing();

let fleet: Fleet;
before(async () => {
  if (skip === undefined) fleet = await Fleet.open();
});
after(() => fleet?.[Symbol.asyncDispose]());

let names = 0;

/** A lock for each test: what one leaves behind does not stand in the way of the others. */
function nextName(): string {
  names += 1;
  return `job-${names}`;
}

async function assertClear(job: string): Promise<void> {
  const keys = await fleet.observer.keys();
  assert.deepEqual(
    keys.filter((key) => key.endsWith(`:${job}`)),
    [],
  );
}

type Act = (one: Member, other: Member, job: string) => Promise<void>;

/** A promise that is kept whichever version is the one, and whichever the other. */
function mixed(promise: string, act: Act): void {
  for (const [place, versions] of ['former and present', 'present and former'].entries()) {
    test(`${promise} (${versions})`, { skip: skip ?? false, timeout: 120_000 }, async () => {
      const [one, other] = fleet.pairings[place] ?? [];
      assert.ok(one && other);
      const job = nextName();
      await act(one, other, job);
      await assertClear(job);
    });
  }
}

mixed('a lock that one version holds is busy for the other', async (one, other, job) => {
  assert.equal(await one.request('tryAcquire', job), true);
  assert.equal(await other.request('tryAcquire', job), false);
  await one.request('release', job);
  assert.equal(await other.request('tryAcquire', job), true);
  await other.request('release', job);
});

mixed('one version hands the lock to the other by a message', async (one, other, job) => {
  await one.request('acquire', job);
  const waiting = other.request('acquire', job);
  await fleet.observer.lined(job, 1);
  await one.request('release', job);
  const { pushed, token } = await waiting;
  assert.equal(pushed, true);
  assert.equal(await fleet.observer.owner(job), token);
  await other.request('release', job);
});

mixed('a lock is renewed while the other version waits for it', async (one, other, job) => {
  const { token } = await one.request('acquire', job, { ttl: 900 });
  const waiting = other.request('acquire', job);
  await fleet.observer.lined(job, 1);
  // It outlives its ttl, at the end of which who waits asks.
  assert.equal(await one.request('renewed', job, 6), true);
  assert.equal(await fleet.observer.owner(job), token);
  await one.request('release', job);
  await waiting;
  await other.request('release', job);
});

mixed('one version adopts what the other handed over', async (one, other, job) => {
  const given = await one.request('acquire', job, { ttl: 900 });
  const next = one.request('acquire', job);
  await fleet.observer.lined(job, 1);
  const adopted = await other.request('adopt', await one.request('handOver', job));
  assert.deepEqual([adopted.token, adopted.fencingToken], [given.token, given.fencingToken]);
  assert.equal(await other.request('renewed', job, 4), true);
  await other.request('release', job);
  assert.ok((await next).fencingToken > given.fencingToken);
  await one.request('release', job);
});

mixed('who gives up leaves the line, and the other version is next', async (one, other, job) => {
  const holder = fleet.present[1];
  await holder.request('acquire', job);
  const given = assert.rejects(one.request('acquire', job), /given up/);
  await fleet.observer.lined(job, 1);
  const waiting = other.request('acquire', job);
  await fleet.observer.lined(job, 2);
  await one.request('giveUp', job);
  await given;
  await fleet.observer.lined(job, 1);
  await holder.request('release', job);
  assert.equal((await waiting).pushed, true);
  await other.request('release', job);
});

mixed('a holder that crashed is replaced by the other version', async (one, other, job) => {
  const { fencingToken } = await one.request('acquire', job, { ttl: 100, renew: false });
  const next = await other.request('acquire', job);
  assert.ok(next.fencingToken > fencingToken);
  await other.request('release', job);
});

const together = { skip: skip ?? false, timeout: 120_000 };

test('both versions stand in one line, and are served in its order', together, async () => {
  const { former, present, observer } = fleet;
  const job = nextName();
  const members = [former[0], present[0], former[1], present[1]];
  await present[1].request('acquire', job);
  const turns: Promise<Granted>[] = [];
  for (let place = 0; place < 12; place += 1) {
    const member = members[place % members.length];
    if (member !== undefined) turns.push(member.request('turn', job));
    await observer.lined(job, place + 1);
  }
  await present[1].request('release', job);
  const grants = await Promise.all(turns);
  const tokens = grants.map(({ fencingToken }) => fencingToken);
  assert.deepEqual(
    tokens,
    tokens.toSorted((one, other) => one - other),
  );
  assert.ok(grants.every(({ pushed }) => pushed));
  await assertClear(job);
});

test('no update is lost between processes of both versions', together, async () => {
  const job = nextName();
  await using folder = await makeTempFolder();
  const file = join(folder.path, 'counter');
  await writeFile(file, '0');
  const members = [...fleet.former, ...fleet.present];
  await Promise.all(members.map((member) => member.request('count', job, file, 50)));
  assert.equal(await readFile(file, 'utf8'), '200');
  await assertClear(job);
});
