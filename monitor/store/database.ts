import { createRequire } from "node:module";

import { messageOf } from "@second-server/contract/caught";

import { migrations } from "./migrations";

/** The part of libsql/promise that we use. `exec` and reading run on its own threads. */
export interface Database {
  exec(sql: string): Promise<unknown>;
  rows<Row>(sql: string): Promise<Row[]>;
  close(): void;
}

/** What we use of a connection of libsql/promise. */
interface Connection {
  exec(sql: string): Promise<unknown>;
  prepare(sql: string): Promise<{ all(): Promise<unknown[]> }>;
  close(): void;
}
type Libsql = new (path: string, options: Record<string, never>) => Connection;

/**
 * Not import(): that one ignores NODE_PATH, by which the servers' bundles find this native package.
 * Loaded when it is needed, so that the watchdog can do without it.
 */
const loadLibsql = (): Libsql => createRequire(__filename)("libsql/promise") as Libsql;

/**
 * One connection, so one writer. @throws with the path in the message when it can't be opened or is
 * not a database of ours.
 */
export const openDatabase = async (path: string): Promise<Database> => {
  let connection: Connection;
  try {
    connection = new (loadLibsql())(path, {});
  } catch (error) {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error });
  }
  const database: Database = {
    exec: (text) => connection.exec(text),
    rows: async <Row>(text: string) => (await (await connection.prepare(text)).all()) as Row[],
    close: () => connection.close(),
  };
  try {
    await database.rows("PRAGMA journal_mode = WAL");
    await database.exec(
      "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -512; PRAGMA wal_autocheckpoint = 100; PRAGMA journal_size_limit = 2097152",
    );
    await migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};

const migrate = async (database: Database): Promise<void> => {
  const [row] = await database.rows<{ user_version: number }>("PRAGMA user_version");
  const done = row?.user_version ?? 0;
  if (done > migrations.length)
    throw new Error(
      `the database is of a newer version (${done}) than this program (${migrations.length}); install the newer program again or move the file away`,
    );
  for (let version = done; version < migrations.length; version += 1) {
    await database.exec(
      `BEGIN IMMEDIATE; ${migrations[version]}; PRAGMA user_version = ${version + 1}; COMMIT`,
    );
  }
};
