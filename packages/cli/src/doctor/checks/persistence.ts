import type { Facts } from '../facts.js';
import { type Finding, findingsOf } from '../finding.js';

const { good, warning, danger } = findingsOf('persistence');

/** What a restart of the server leaves of locks. */
export function checkPersistence(facts: Facts): Finding[] {
  return [restart(facts), ...failures(facts)];
}

function restart(facts: Facts): Finding {
  if (facts.text('aof_enabled') !== '1') {
    return warning(
      'a restart of the server forgets locks: there is no append-only file, so two may hold one then',
      'CONFIG SET appendonly yes, with appendfsync always; or fencing tokens where it matters.',
    );
  }
  const fsync = facts.setting('appendfsync');
  if (fsync === 'always') return good('every grant is on disk before it is answered');
  const what =
    fsync === 'no'
      ? 'the system decides when grants reach the disk'
      : 'a crash of the machine can forget the grants of the last second';
  return warning(
    fsync === undefined ? `unless appendfsync is always, ${what}` : `${what}: appendfsync ${fsync}`,
    'CONFIG SET appendfsync always, if the disk is fast; or fencing tokens where it matters.',
  );
}

function failures(facts: Facts): Finding[] {
  const failed: Finding[] = [];
  if (facts.text('aof_last_write_status') === 'err') {
    failed.push(danger('the append-only file cannot be written', 'Make room on its disk.'));
  }
  if (facts.text('rdb_last_bgsave_status') === 'err') {
    failed.push(
      danger(
        'the last snapshot failed: with stop-writes-on-bgsave-error, no lock can be taken',
        'Make room on its disk, then BGSAVE.',
      ),
    );
  }
  return failed;
}
