import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isForOneKey, verdictOn } from '../../../packages/core/dist/redis/refusal.js';

const PASSING = [
  "OOM command not allowed when used memory > 'maxmemory'.",
  'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.',
  'NOREPLICAS Not enough good replicas to write.',
  'LOADING Redis is loading the dataset in memory',
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  "READONLY You can't write against a read only replica.",
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'CLUSTERDOWN The cluster is down',
  'ERR max number of clients reached',
  'ERR max number of clients + cluster connections reached',
  'THROTTLED a service has its own words',
  'PAUSED',
];

const LASTING = [
  'NOPERM this user has no permissions to access one of the keys used as arguments',
  'NOAUTH Authentication required.',
  'WRONGPASS invalid username-password pair or user is disabled.',
  'DENIED Redis is running in protected mode',
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  'NOPROTO unsupported protocol version',
  "ERR unknown command 'EVALSHA'",
  "ERR The user executing the script can't run this command or subcommand",
  'EXECABORT Transaction discarded because of previous errors.',
  "CROSSSLOT Keys in request don't hash to the same slot",
  'HOLDFAST_VERSION the line of lock:a was written by a newer version',
  'user_script:1: attempt to index a nil value',
  'holdfast:clock has come to its end',
];

describe('an error reply', () => {
  for (const reply of PASSING) {
    test(`passes: ${reply}`, () => assert.equal(verdictOn(reply), 'passes'));
  }
  for (const reply of LASTING) {
    test(`does not pass: ${reply}`, () => assert.equal(verdictOn(reply), 'lasts'));
  }
  test('may come from a command that has run', () => {
    const reply = 'UNBLOCKED force unblock from blocking operation, instance state changed';
    assert.equal(verdictOn(reply), 'may have run');
  });
});

describe('a batch is refused for one of its keys', () => {
  const forOneKey = {
    'NOPERM this user has no permissions to access one of the keys used as arguments': true,
    'NOPERM No permissions to access a key': true,
    "CROSSSLOT Keys in request don't hash to the same slot": true,
    "NOPERM this user has no permissions to run the 'evalsha' command": false,
    "NOPERM User worker has no permissions to run the 'evalsha' command": false,
    'NOAUTH Authentication required.': false,
    "ERR The user executing the script can't access at least one of the keys": false,
  };
  for (const [reply, expected] of Object.entries(forOneKey)) {
    test(`${expected ? '' : 'not '}by ${reply}`, () => {
      assert.equal(isForOneKey(reply), expected);
    });
  }
});
