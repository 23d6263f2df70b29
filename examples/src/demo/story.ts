import { handOffs, type Hold, type Recording, takeOvers } from './recording.js';

/** The holds one by one, with their fencing tokens in full. */
export function listHolds({ holds }: Recording): string[] {
  const first = holds[0]?.fencingToken ?? 0;
  const rows = holds.map((hold, index) => [
    String(index + 1),
    hold.who,
    ms(hold.from - hold.asked),
    hold.killed ? `killed after ${ms(hold.to - hold.from)}` : ms(hold.to - hold.from),
    String(hold.fencingToken),
    `+${(hold.fencingToken - first).toLocaleString('en-US')}`,
  ]);
  const head = ['#', 'who', 'waited', 'worked', 'fencing token', 'rise'];
  return table([head, ...rows], [2, 3, 5]);
}

/** For each lock, who held it one after the other, and how its fencing token rose. */
export function listLocks({ holds }: Recording): string[] {
  const locks = [...new Set(holds.map((hold) => hold.lock))].toSorted();
  return locks.map((lock) => {
    const ofLock = holds.filter((hold) => hold.lock === lock);
    const first = ofLock[0]?.fencingToken ?? 0;
    const steps = ofLock.map(({ who, fencingToken }) => {
      return `${who} +${(fencingToken - first).toLocaleString('en-US')}`;
    });
    return ` ${lock}  ${steps.join(' → ')}`;
  });
}

/** How a crash went. */
export function tellCrash(recording: Recording, ttl: number): string[] {
  return takeOvers(recording).flatMap(({ crashed, next, gap }) => [
    `${crashed.who} was killed at work. It gave nothing back, and nobody had to clean up:`,
    `its lease of ${seconds(ttl)} ran out, and ${next.who} worked ${seconds(gap)} after the crash.`,
  ]);
}

export function tellRenewal({ holds }: Recording, ttl: number): string[] {
  return holds
    .filter((hold) => hold.to - hold.from > ttl)
    .map(
      ({ who, from, to, renewals }) =>
        `${who} worked ${seconds(to - from)} under a lease of ${seconds(ttl)}: it was renewed ` +
        `${renewals.length} times by itself.`,
    );
}

export function tellHandOffs(recording: Recording): string[] {
  const gaps = handOffs(recording).toSorted((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)];
  if (median === undefined) return [];
  return [
    `From the end of one's work to the start of the next one's it took ${median.toFixed(1)} ms`,
    `(median of ${gaps.length} hand-offs): who waits is told; nobody polls.`,
  ];
}

export function tellOrder({ holds }: Recording): string[] {
  const asked = holds.toSorted((a: Hold, b: Hold) => a.asked - b.asked);
  const isInOrder = asked.every((hold, index) => hold === holds[index]);
  return isInOrder ? ['They held it in the order in which they had asked for it.'] : [];
}

function ms(time: number): string {
  return `${Math.round(time).toLocaleString('en-US')} ms`;
}

function seconds(time: number): string {
  return `${(time / 1_000).toFixed(time % 1_000 === 0 ? 0 : 2)} s`;
}

/** Columns as wide as their widest cell; those named are aligned at their right edge. */
function table(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
    });
    return ` ${cells.join('  ')}`.trimEnd();
  });
}
