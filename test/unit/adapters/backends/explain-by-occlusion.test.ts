import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainByOcclusion } from '../../../../shared/adapters/backends/explain-by-occlusion.ts';
import type { Prediction } from '../../../../shared/ports/predictor.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';

/** Spam by these log-odds of words; ham otherwise. */
function oddsOf(input: string): number {
  const words = input.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.reduce((sum, word) => sum + (word === 'prize' ? 3 : word === 'meeting' ? -1 : 0), 0.5);
}

async function predict(inputs: readonly string[]): Promise<readonly Prediction[]> {
  return inputs.map((input): Prediction => {
    if (input.trim() === '') return { output: null, confidence: 0, alternatives: [] };
    const spam = 1 / (1 + Math.exp(-oddsOf(input)));
    const ranked = [
      { output: labelOutput('spam'), confidence: spam },
      { output: labelOutput('ham'), confidence: 1 - spam },
    ].sort((a, b) => b.confidence - a.confidence);
    return { output: ranked[0]?.output ?? null, confidence: ranked[0]?.confidence ?? 0, alternatives: ranked };
  });
}

const explain = (input: string) => explainByOcclusion({ input, key: labelOf, predict });

describe('explainByOcclusion', () => {
  test('gives each word what the log-odds lose without it, those that weigh most first', async () => {
    const found = await explain('a prize for the meeting');
    expect(found).toMatchObject({ output: 'spam', against: 'ham' });
    expect(found?.logOdds).toBeCloseTo(2.5, 6);
    const [first, second, ...others] = found?.parts ?? [];
    expect(first).toMatchObject({ text: 'prize', start: 2 });
    expect(first?.contribution).toBeCloseTo(3, 6);
    expect(second).toMatchObject({ text: 'meeting', start: 16 });
    expect(second?.contribution).toBeCloseTo(-1, 6);
    for (const { contribution } of others) expect(contribution).toBeCloseTo(0, 6);
  });

  test('leaves a word out wherever it stands, whatever its case', async () => {
    const [first] = (await explain('Prize prize PRIZE'))?.parts ?? [];
    expect(first).toMatchObject({ text: 'Prize', start: 0 });
    // Nothing is left, so nothing speaks for either.
    expect(first?.contribution).toBeCloseTo(9.5, 6);
  });

  test('takes long texts in stretches, so that the cost is bounded', async () => {
    let asked = 0;
    const input = `${Array.from({ length: 5_000 }, (_, index) => `w${index}`).join(' ')} prize`;
    const found = await explainByOcclusion({
      input,
      key: labelOf,
      predict: (inputs) => {
        asked += inputs.length;
        return predict(inputs);
      },
    });
    expect(asked).toBeLessThanOrEqual(61);
    expect(found?.parts[0]?.text).toContain('prize');
  });

  test('says nothing where there is no answer', async () => {
    expect(await explain('  ')).toBeNull();
    expect(await explain('')).toBeNull();
  });

  test('names parts that stand where they say, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (input) => {
        for (const { text, start } of (await explain(input))?.parts ?? []) {
          expect(input.slice(start, start + text.length)).toBe(text);
        }
      }),
    );
  });
});
