import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeArtifact } from '../../../../../shared/adapters/backends/embedded/artifact.ts';
import { LinearHead } from '../../../../../shared/adapters/backends/embedded/linear-head.ts';
import { NgramReader } from '../../../../../shared/adapters/backends/embedded/text-features.ts';

function ngrams(text: string): string[] {
  const reader = new NgramReader();
  reader.read(text);
  return Array.from({ length: reader.wordNgrams }, (_, at) => `${reader.low[at]} ${reader.high[at]}`);
}

test('words of scripts without spaces and pairs of them come beside the run that they stand in', () => {
  // The run; 我想, 退款, and the pair.
  expect(ngrams('我想退款')).toHaveLength(4);
  const both = new Set(ngrams('我想退款')).intersection(new Set(ngrams('请问退款时间')));
  expect(both.size).toBe(1);
  expect(ngrams('ที่')).toHaveLength(1);
});

test('texts of other scripts have the words that they always had', () => {
  expect(ngrams('Wo ist mein Paket')).toHaveLength(7);
});

test('an artifact of before segments were read answers as it did then', () => {
  // Trained on ten texts in Chinese, Thai and Japanese; the probabilities are what the program of then printed.
  const bytes = readFileSync(new URL('artifact-before-segments.bin', import.meta.url));
  const head = new LinearHead(decodeArtifact(new Uint8Array(bytes)));
  const answered: Record<string, readonly [string, number]> = {
    快递在哪里: ['delivery', 0.9999980297240141],
    请问退款什么时候: ['refund', 0.9999907762683699],
    พัสดุยังไม่มา: ['delivery', 0.9994743286749302],
    返金はいつですか: ['delivery', 0.9478619647062474],
    'where is 快递': ['delivery', 0.999007011469176],
  };
  for (const [text, [label, confidence]] of Object.entries(answered)) {
    const target = new Float64Array(2);
    expect(head.probabilities(text, null, target)).toBe(true);
    const at = head.header.classes.findIndex((place) => head.header.labels[place] === label);
    expect(target[at], text).toBe(confidence);
  }
});
