import type { Entry } from '../contestants/roster.js';
import { findPackage, installedSize, packagesUnder } from '../measure/installed.js';
import { loadTime } from '../measure/load-time.js';
import type { Standing } from '../measure/standing.js';
import { type Spread, spreadOf } from '../measure/statistics.js';

const ROUNDS = 7;

/** What it takes to have a library, alone and together with the client that it needs. */
export interface Package {
  readonly own: Weight;
  readonly withClient: Weight;
}

export interface Weight {
  /** MB on disk, its dependencies included. */
  readonly size: number;
  /** Packages that come with it, direct or not. */
  readonly dependencies: number;
  /** Milliseconds to import it in a new process. */
  readonly load: Spread;
}

/** Two contestants may come from one package: it stands here once, with the client of the last. */
export async function measurePackages(
  entries: readonly Entry[],
  rounds: number = ROUNDS,
): Promise<Standing<Package>[]> {
  const packages = new Map(
    entries.flatMap((entry) =>
      entry.packages === undefined ? [] : [[entry.packages.own, entry.packages]],
    ),
  );
  const contest = [...packages.values()].map(({ own, client }) => ({
    name: own,
    imports: [[own], [own, client]],
    loads: [[], []] as [number[], number[]],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { imports, loads } of contest) {
      for (const [index, names] of imports.entries()) loads[index]?.push(await loadTime(names));
    }
  }
  return Promise.all(
    contest.map(async ({ name, imports, loads }) => {
      const [own, withClient] = await Promise.all(
        imports.map((names, index) => weigh(names, loads[index] ?? [])),
      );
      if (own === undefined || withClient === undefined) throw new Error(`${name} has no weight.`);
      return { kind: 'measured', contestant: name, figures: { own, withClient } };
    }),
  );
}

async function weigh(names: readonly string[], loads: readonly number[]): Promise<Weight> {
  const from = new URL('../../', import.meta.url);
  const roots = await Promise.all(names.map((name) => findPackage(name, from)));
  const all = await packagesUnder(roots);
  const sizes = await Promise.all(all.map(installedSize));
  return {
    size: sizes.reduce((sum, size) => sum + size, 0) / 1e6,
    dependencies: all.length - 1,
    load: spreadOf(loads),
  };
}
