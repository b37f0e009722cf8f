import { describe, expect, it } from 'vitest';
import { mostAnswersUsd, paidAskingOf } from '../../../../../shared/adapters/backends/jobs/decoder-cost.ts';
import { tinkerFacts } from '../../../../../shared/adapters/backends/jobs/tinker-facts.ts';
import { classificationTask } from '../../../../../shared/tasks/classification/classification-spec.ts';
import { generationSpecFrom } from '../../../../../shared/tasks/generation/generation-spec.ts';

const decoder = {
  labels: null,
  max_tokens: 1_000,
  max_new_tokens: 100,
  usd_per_million_prefilled: 2,
  usd_per_million_sampled: 10,
};
const most = (changes: Partial<Record<keyof typeof decoder, unknown>>, ...inputs: string[]) =>
  mostAnswersUsd(paidAskingOf({ decoder: { ...decoder, ...changes } }), inputs);
const [configuration = {}] = tinkerFacts.first({
  options: { epochs: 2, usdPerMillionTokens: 3, usdPerMillionPrefilled: 2, usdPerMillionSampled: 10 },
  losesTooMuch: false,
});

describe('the most that answers of a decoder cost that is paid by the token', () => {
  it('of what is written is that of a token a byte of the question, and of as long an answer as is allowed', () => {
    // 200 tokens around a text of 3 bytes.
    expect(most({}, 'été'.slice(0, 2))).toBeCloseTo((203 * 2 + 100 * 10) / 1e6, 12);
    expect(most({}, 'ab', 'ab')).toBeCloseTo((2 * (202 * 2 + 100 * 10)) / 1e6, 12);
    expect(most({}, 'a'.repeat(5_000))).toBeCloseTo((1_000 * 2 + 100 * 10) / 1e6, 12);
  });

  it('of a classification is that of a question for each label, which names them all', () => {
    const labels = ['ham', 'spam'];
    const question = 200 + 'ham, spam'.length + 2;
    expect(most({ labels }, 'ab')).toBeCloseTo(((2 * question + 3 + 4) * 2 + 2 * 10) / 1e6, 12);
    const many = Array.from({ length: 101 }, (_, at) => `l${at + 100}`);
    expect(most({ labels: many }, 'ab')).toBeCloseTo((101 * (206 * 2 + 10)) / 1e6, 12);
  });

  it('is nothing where no price is known, as of an artifact that was made before there were any', () => {
    const { usd_per_million_prefilled: _, usd_per_million_sampled: __, ...old } = decoder;
    expect(mostAnswersUsd(paidAskingOf({ decoder: old }), ['ab'])).toBeNull();
    expect(most({ usd_per_million_prefilled: 0 }, 'ab')).toBeCloseTo(0.001, 12);
  });
});

describe('what Tinker costs at most', () => {
  const size = { examples: 10, bytes: 1_000 };

  it('for a training is that of a token a byte in each pass, up to as many as are read', () => {
    const write = generationSpecFrom({ options: {} });
    expect(tinkerFacts.byToken?.mostTraining(configuration, write, size)).toBeCloseTo((3_000 * 2 * 3) / 1e6, 12);
    expect(tinkerFacts.byToken?.mostTraining(configuration, write, { ...size, bytes: 1e6 })).toBeCloseTo(
      (10 * 2_048 * 2 * 3) / 1e6,
      12,
    );
    const choose = classificationTask(['ham', 'spam']);
    expect(tinkerFacts.byToken?.mostTraining(configuration, choose, size)).toBeCloseTo((3_090 * 2 * 3) / 1e6, 12);
  });

  it('for answers is what its artifacts say, and they are paid for where a price is configured', () => {
    const choose = classificationTask(['ham', 'spam']);
    expect(tinkerFacts.byToken?.mostAnswers(configuration, choose, ['ab'])).toBe(
      most({ labels: ['ham', 'spam'], max_tokens: 2_048 }, 'ab'),
    );
    const [free = {}] = tinkerFacts.first({ options: {}, losesTooMuch: false });
    expect(tinkerFacts.byToken?.mostAnswers(free, choose, ['ab'])).toBeNull();
  });
});
