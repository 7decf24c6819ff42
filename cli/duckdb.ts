import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { openStandIns, type StandIns } from './input/standIns.js';
import { MachineError } from './outcome.js';

type DuckDB = typeof import('@duckdb/node-api');

const missing = (error: unknown) => /MODULE_NOT_FOUND/.test((error as NodeJS.ErrnoException).code ?? '');

/** DuckDB is an optional peer: taken from beside this package, or from the project the command runs in. */
export function loadDuckDB(): DuckDB {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      // not `import`, which parses the package once more to find its names: a tenth of a second
      return createRequire(from)('@duckdb/node-api') as DuckDB;
    } catch (error) {
      if (!missing(error)) throw error;
    }
  }
  throw new MachineError(
    'DuckDB: expected @duckdb/node-api, which reads the tables, got nothing. Run: npm install @duckdb/node-api@1.5',
  );
}

/** A text as an SQL literal. */
export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

export interface Database {
  readonly duckdb: DuckDB;
  readonly connection: DuckDBConnection;
  /** Runs a statement and hands over what it returns, chunk by chunk as DuckDB gets there. */
  chunks(sql: string): AsyncGenerator<DuckDBDataChunk>;
  /** What it opens in place of files whose names it would take for patterns, or that it could not read. */
  readonly standIns: StandIns;
  close(): void;
}

/**
 * Opens a database in memory that can reach the files named and nothing else: no other file, no network, no extension,
 * no spilling to disk, and no statement can change that. An abort interrupts the statement that is running.
 */
export async function openDatabase(paths: readonly string[], signal?: AbortSignal): Promise<Database> {
  const duckdb = loadDuckDB();
  const standIns = openStandIns(paths);
  const instance = await duckdb.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  // the zone is pinned because a timestamp with a zone reads differently in every other
  for (const setting of [
    "SET TimeZone = 'UTC'",
    'SET preserve_insertion_order = true',
    "SET temp_directory = ''",
    'SET autoinstall_known_extensions = false',
    'SET autoload_known_extensions = false',
    `SET allowed_paths = [${[...paths, ...standIns.places].map(literal).join(', ')}]`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ]) {
    await connection.run(setting);
  }
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  return {
    duckdb,
    connection,
    standIns,
    async *chunks(sql) {
      signal?.throwIfAborted();
      const result = await connection.stream(sql);
      // the next chunk is on its way while one is used
      const fetch = () => {
        const chunk = result.fetchChunk();
        chunk.catch(() => {}); // heard of where it is awaited
        return chunk;
      };
      let next = fetch();
      try {
        for (let chunk = await next; chunk && chunk.rowCount > 0; chunk = await next) {
          next = fetch();
          yield chunk;
        }
      } finally {
        await next.catch(() => {}); // nothing else may run on the connection before
      }
    },
    close() {
      signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
      instance.closeSync();
      standIns.remove();
    },
  };
}

/** The typed array behind a numeric column of a chunk: private in the package's types, there in every numeric vector. */
export function itemsOf<T extends ArrayLike<number>>(chunk: DuckDBDataChunk, column: number): T {
  return (chunk.getColumnVector(column) as unknown as { readonly items: T }).items;
}
