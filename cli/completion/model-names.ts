import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { lineageFile } from '../workspace-files.ts';

const rowsSchema = z.array(z.object({ model_id: z.string() }));

/** The names of a workspace's models, read from its database alone, which is not written to; none where there is none. */
export function modelNames(directory: string): readonly string[] {
  const file = join(directory, lineageFile);
  if (!existsSync(file)) return [];
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare('SELECT model_id FROM models ORDER BY model_id').all();
    return rowsSchema.parse(rows).map((row) => row.model_id);
  } catch {
    // A shell that completes a word has no use for a fault.
    return [];
  }
}
