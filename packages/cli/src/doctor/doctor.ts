import {
  createLocker,
  type Locker,
  RedisRefusedError,
  RedisUnsupportedError,
} from '@holdfast/core';
import { lockerOptions, targetOf } from '../connection/options.js';
import { EXIT } from '../exit-code.js';
import { checked } from '../usage-error.js';
import { checkClock } from './checks/clock.js';
import { checkConnections } from './checks/connections.js';
import { checkEviction } from './checks/eviction.js';
import { checkGrace } from './checks/grace.js';
import { checkKeys } from './checks/keys.js';
import { checkLatency } from './checks/latency.js';
import { checkLocks } from './checks/locks.js';
import { checkPersistence } from './checks/persistence.js';
import { checkReplication } from './checks/replication.js';
import { checkRights } from './checks/rights.js';
import type { DoctorOptions } from './command.js';
import { Facts } from './facts.js';
import { type Finding, findingsOf } from './finding.js';
import { report, reportJson } from './report.js';
import { Server } from '../connection/server.js';

const DEFAULT_PREFIX = 'lock:';

/** Looks at a server. Resolves with the exit code. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const { prefix = DEFAULT_PREFIX } = options;
  const serving = await openLocker(options);
  await using locker = serving.locker;
  await using server = await Server.connect(targetOf(options));
  const facts = await Facts.of(server);
  const findings = [
    serving.finding,
    ...(await checkRights(server, prefix)),
    ...judged(facts),
    ...(await checkClock(server)),
    ...(await checkLatency(server)),
    ...(await checkGrace(server, facts, prefix)),
    ...(await checkKeys(server, prefix)),
    ...(locker === undefined ? [] : await checkLocks(locker)),
  ];
  const about = { address: server.address, version: versionOf(facts) };
  if (options.json === true) reportJson(about, findings);
  else report(about, findings);
  return findings.some(({ level }) => level === 'danger') ? EXIT.NO : EXIT.OK;
}

/** Whether a locker opens here at all, and what it says if not. */
async function openLocker(
  options: DoctorOptions,
): Promise<{ readonly locker: Locker | undefined; readonly finding: Finding }> {
  const { good, danger } = findingsOf('serving');
  try {
    const locker = await checked(() => createLocker(lockerOptions(options)));
    return { locker, finding: good('locks can be taken here') };
  } catch (error) {
    // A user without a right can still look at the server; one whose password is wrong cannot.
    if (error instanceof RedisRefusedError) {
      return {
        locker: undefined,
        finding: danger(error.message, 'Until then there are no locks.'),
      };
    }
    if (!(error instanceof RedisUnsupportedError)) throw error;
    return { locker: undefined, finding: danger(error.message, 'Give the URL of one that can.') };
  }
}

function judged(facts: Facts): Finding[] {
  if (!facts.known) {
    const { unknown } = findingsOf('settings');
    const what = 'this user may not ask about eviction, persistence and replication';
    return [unknown(what, 'Allow +info and +config|get, or look as another user.')];
  }
  return [
    ...checkEviction(facts),
    ...checkPersistence(facts),
    ...checkReplication(facts),
    ...checkConnections(facts),
  ];
}

function versionOf(facts: Facts): string | undefined {
  const valkey = facts.text('valkey_version');
  const redis = facts.text('redis_version');
  if (valkey !== undefined) return `Valkey ${valkey}`;
  return redis === undefined ? undefined : `Redis ${redis}`;
}
