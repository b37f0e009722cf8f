import { expect, test } from 'vitest';
import { withoutDeadLinks } from '../../../cli/tools/package-links.ts';

const there = new Set(['README.md', 'docs/library.md', 'docs']);
const written = (text: string, file = 'docs/serving.md') => withoutDeadLinks(text, file, (path) => there.has(path));

test('links to what is in the package, to elsewhere and within the document stay', () => {
  const text =
    'See [the library](library.md#types), [the beginning](../README.md), [all](.), [npm](https://example.com/a) and [below](#below).';
  expect(written(text)).toBe(text);
});

test('of other links the label stays, with the path among the project’s own files', () => {
  expect(written('so it is ([why](adr/0001-why.md#but)).')).toBe('so it is (why (`docs/adr/0001-why.md`)).');
  expect(written('the [test](../test/a.test.ts) of `x`', 'docs/serving.md')).toBe('the test (`test/a.test.ts`) of `x`');
  expect(written('see [`docs/a.json`](docs/a.json)', 'README.md')).toBe('see `docs/a.json`');
  expect(written('see [results/a.json](results/a.json)')).toBe('see results/a.json');
});

test('an image that is not there is what it says it shows', () => {
  expect(written('![The console](images/console.png)')).toBe('The console');
  expect(written('[![The console](images/console.png)](library.md)')).toBe('[The console](library.md)');
});

test('what is shown as code stays', () => {
  const text = 'Write `[a](b.md)`:\n\n```md\n[a](b.md)\n```\n';
  expect(written(text)).toBe(text);
});
