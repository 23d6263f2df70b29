import { createRequire } from 'node:module';
import initSqlJs from 'sql.js';

/** The little that this example needs of SQLite. */
export interface Database {
  readonly engine: string;
  /** Runs a statement, and tells how many rows it changed. */
  run(sql: string, ...values: readonly (string | number)[]): number;
  /** The first column of the first row. */
  read(sql: string, ...values: readonly (string | number)[]): unknown;
}

/** What `node:sqlite` has of it, in Node 22.5 and newer. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => {
    prepare(sql: string): {
      run(...values: readonly unknown[]): { readonly changes: number | bigint };
      get(...values: readonly unknown[]): Readonly<Record<string, unknown>> | undefined;
    };
  };
}

/** SQLite in memory: that of Node where there is one, else the one that is compiled to WebAssembly. */
export async function openDatabase(): Promise<Database> {
  const sqlite = nodeSqlite();
  return sqlite === undefined ? openSqlJs() : openNodeSqlite(sqlite);
}

function nodeSqlite(): NodeSqlite | undefined {
  try {
    return createRequire(import.meta.url)('node:sqlite') as NodeSqlite;
  } catch {
    return undefined;
  }
}

function openNodeSqlite({ DatabaseSync }: NodeSqlite): Database {
  const database = new DatabaseSync(':memory:');
  return {
    engine: 'node:sqlite',
    run: (sql, ...values) => Number(database.prepare(sql).run(...values).changes),
    read: (sql, ...values) => Object.values(database.prepare(sql).get(...values) ?? {})[0],
  };
}

async function openSqlJs(): Promise<Database> {
  const { Database: SqlJs } = await initSqlJs();
  const database = new SqlJs();
  return {
    engine: 'sql.js',
    run: (sql, ...values) => database.run(sql, [...values]).getRowsModified(),
    read: (sql, ...values) => database.exec(sql, [...values])[0]?.values[0]?.[0],
  };
}
