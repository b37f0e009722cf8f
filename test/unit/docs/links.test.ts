import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

describe('the documentation', () => {
  test('links to nothing that is not there', async () => {
    const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
    expect(pages.length).toBeGreaterThan(20);
    const dead: string[] = [];
    for (const page of pages) {
      const text = await readFile(join(root, page), 'utf8');
      for (const [, to = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(to)) continue;
        if (!existsSync(join(root, dirname(page), to))) dead.push(`${page}: ${to}`);
      }
    }
    expect(dead).toEqual([]);
  });
});
