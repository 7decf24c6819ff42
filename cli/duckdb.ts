import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { openStandIns, type StandIns } from './input/standIns.js';
import { MachineError } from './outcome.js';

type DuckDB = typeof import('@duckdb/node-api');

const name = '@duckdb/node-api';
/** The oldest release whose types, names and dialect are those that the commands count on. */
const oldest = { major: 1, minor: 5 };

/**
 * DuckDB is an optional peer: taken from beside this package, or from the project the command runs in. All its releases
 * are prereleases to npm, which no range but `*` admits, so that the version is looked at here.
 * @throws MachineError where it is missing, cannot be loaded or is too old
 */
export function loadDuckDB(): DuckDB {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const require = createRequire(from);
    try {
      require.resolve(name);
    } catch {
      continue;
    }
    try {
      // not `import`, which parses the package once more to find its names: a tenth of a second
      return recent(require(name) as DuckDB);
    } catch (error) {
      if (error instanceof MachineError) throw error;
      const [reason] = String((error as Error)?.message ?? error).split('\n', 1);
      throw new MachineError(
        `DuckDB: expected ${name} to load on ${process.platform}-${process.arch}, got: ${reason}. Run: npm install --include=optional ${name}@latest`,
      );
    }
  }
  throw new MachineError(`DuckDB: expected ${name}, which reads the tables, got nothing. Run: npm install ${name}`);
}

function recent(duckdb: DuckDB): DuckDB {
  const version = duckdb.version();
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major < oldest.major || (major === oldest.major && minor < oldest.minor)) {
    throw new MachineError(
      `DuckDB: expected ${name} ${oldest.major}.${oldest.minor} or newer, got ${version}. Run: npm install ${name}@latest`,
    );
  }
  return duckdb;
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
