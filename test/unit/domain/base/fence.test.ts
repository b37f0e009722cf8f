import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withinFence } from '../../../../shared/domain/base/fence.ts';

describe('what stands in a Markdown fence', () => {
  test('is given without the fence and the name of its language', () => {
    expect(withinFence('```json\n{"a": 1}\n```\n')).toBe('{"a": 1}\n');
    expect(withinFence(' ```[1]```')).toBe('[1]');
    expect(withinFence('```\na ``` b\n```')).toBe('a ``` b\n');
  });

  test('is no matter where the fence is not the whole text', () => {
    for (const text of ['{"a": 1}', '```json\n{}', 'so: ```{}```', '``````'.slice(1), '', ' x '])
      expect(withinFence(text)).toBe(text);
  });

  test('is what a pattern of the same meaning finds, in any text', () => {
    const pattern = /^\s*```[a-z]*\s*\n?([\s\S]*?)```\s*$/i;
    const part = fc.constantFrom('`', '```', '\n', ' ', 'json', 'A', '{"a": 1}', '[', '\ufeff', '\u2028', 'é');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(withinFence(text)).toBe(pattern.exec(text)?.[1] ?? text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is looked for in one pass: a fence that a million spaces follow ends', () => {
    for (const filling of [' ', '\n', 'a', '`', '``` '])
      expect(withinFence(`\`\`\`${filling.repeat(1_000_000)}x`)).toHaveLength(4 + filling.length * 1_000_000);
  });
});
