import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../../../../cli/tools/generated-files.ts';

describe('what is generated into docs', () => {
  test.each(generatedFiles())('$path is what the code says (else: npm run schemas)', async ({ path, text }) => {
    const written = await readFile(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');
    // By value: the formatter breaks the lines of schemas and fills the cells of tables.
    const read = (content: string): unknown =>
      path.endsWith('.json') ? JSON.parse(content) : content.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
    expect(read(written)).toEqual(read(text));
  });
});
