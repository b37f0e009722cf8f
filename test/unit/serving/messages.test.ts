import { expect, test } from 'vitest';
import { describeIssues } from '../../../shared/intake/parse-json-line.ts';
import { inputsSchema, oneInputSchema } from '../../../shared/serving/messages.ts';

/** Metadata of so many bytes as JSON. */
const metadataOf = (bytes: number, letter = 'x') => {
  const frame = JSON.stringify({ a: '' }).length;
  return { a: letter.repeat((bytes - frame) / Buffer.byteLength(letter)) };
};

test('metadata has at most 8 KiB as JSON, since each trace keeps it', () => {
  for (const schema of [oneInputSchema, inputsSchema]) {
    const asked = schema === oneInputSchema ? { input: 'x' } : { inputs: ['x'] };
    expect(schema.safeParse({ ...asked, metadata: metadataOf(8_192) }).success).toBe(true);
    const { error } = schema.safeParse({ ...asked, metadata: metadataOf(8_193) });
    expect(error && describeIssues(error)).toBe('"metadata": must have at most 8192 bytes as JSON');
  }
  expect(oneInputSchema.safeParse({ input: 'x', metadata: metadataOf(8_192, 'é') }).success).toBe(true);
  expect(oneInputSchema.safeParse({ input: 'x', metadata: metadataOf(8_194, 'é') }).success).toBe(false);
});
