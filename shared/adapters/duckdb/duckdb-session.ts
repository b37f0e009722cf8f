import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** What a DuckDB may take of the machine. */
export interface DuckDbLimits {
  /** In DuckDB's words, for example `512MB`. */
  readonly memory: string;
  readonly threads: number;
}

/** An empty DuckDB in memory that loads no extension; large operations spill into the system's temporary folder. */
export function openDuckDb(limits: DuckDbLimits): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    memory_limit: limits.memory,
    threads: String(limits.threads),
    temp_directory: join(tmpdir(), `ratchet-duckdb-${process.pid}-${randomUUID()}`),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
}

/** Runs `use` with a connection of its own (temporary tables are a connection's), closed afterwards. */
export async function withConnection<T>(
  instance: DuckDBInstance,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  try {
    return await use(connection);
  } finally {
    connection.closeSync();
  }
}

/** A text as an SQL literal, for the few places that take no parameter. */
export function sqlLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
