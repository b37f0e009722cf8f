import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { schemaFiles } from '../../../../cli/tools/schema-files.ts';

describe('the JSON Schemas in docs', () => {
  test.each(schemaFiles())(
    '$path is what the code checks with (else: node cli/tools/generate-schemas.ts)',
    async ({ path, text }) => {
      const written = await readFile(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');
      expect(JSON.parse(written)).toEqual(JSON.parse(text));
    },
  );
});
