import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated-files.ts';

// Writes what is generated into docs; a test fails when it is not up to date.
for (const { path, text } of generatedFiles()) {
  const target = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}
