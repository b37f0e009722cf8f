import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { openDuckDb, withConnection } from '../../shared/adapters/duckdb/duckdb-session.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Check } from '../results.ts';
import { ok, problem, thrown, warning } from './check.ts';

const testedMajor = 24;
const reinstall = 'Run "npm ci" in the project again.';

/** Whether this Node is the one that Ratchet is tested on. */
export function checkNode(version: string): Check {
  const major = Number(/^v(\d+)/.exec(version)?.[1]);
  return major >= testedMajor
    ? ok('Node.js', version)
    : warning(
        'Node.js',
        `${version}; Ratchet is tested on version ${testedMajor}`,
        'Install Node.js 24; in a clone of the project "npm ci" brings it along.',
      );
}

export async function checkDuckDb(): Promise<Check> {
  try {
    const instance = await openDuckDb({ memory: '64MB', threads: 1 });
    try {
      const version = await withConnection(instance, async (connection) =>
        (await connection.runAndReadAll('SELECT version()')).value(0, 0),
      );
      return ok('DuckDB', String(version));
    } finally {
      instance.closeSync();
    }
  } catch (error) {
    return thrown('DuckDB', error, reinstall);
  }
}

/** Loads the sentence encoder in a worker thread and embeds a text with it. */
export async function checkUseLite(objects: ObjectStore): Promise<Check> {
  const runtime = new EmbeddedRuntime({ objects, threads: 1 });
  try {
    const [vector] = await runtime.embed(['a text']);
    const length = Math.hypot(...(vector ?? []));
    return Math.abs(length - 1) < 1e-3
      ? ok('USE-Lite', `${vector?.length} dimensions`)
      : problem('USE-Lite', `its embedding has length ${length} instead of 1`, reinstall);
  } catch (error) {
    return thrown('USE-Lite', error, reinstall);
  } finally {
    await runtime.close();
  }
}
