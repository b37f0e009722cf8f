import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { schemaFiles } from './schema-files.ts';

// Writes docs/*.schema.json (then: biome check --write docs); a test fails when they are not up to date.
for (const { path, text } of schemaFiles()) {
  await writeFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), text);
}
