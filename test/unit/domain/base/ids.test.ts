import { expect, test } from 'vitest';
import { digest, digestOfAll, shortDigest, shortDigestOfAll } from '../../../../shared/domain/base/ids.ts';

test('parts are kept apart', () => {
  expect(digest('ab', 'c')).not.toBe(digest('a', 'bc'));
});

test('any number of parts has a digest', () => {
  const parts = Array.from({ length: 300_000 }, (_, at) => `part ${at}`);
  expect(digestOfAll(parts)).not.toBe(digestOfAll(parts.slice(1)));
  expect(digestOfAll(['a', 'b'])).toBe(digest('a', 'b'));
  expect(shortDigestOfAll(parts)).toHaveLength(shortDigest('a').length);
});
