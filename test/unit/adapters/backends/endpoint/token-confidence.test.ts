import { describe, expect, it } from 'vitest';
import { confidenceOf } from '../../../../../shared/adapters/backends/endpoint/token-confidence.ts';

const tokens = (...of: [string, number][]) => of.map(([token, p]) => ({ token, logprob: Math.log(p) }));

describe('how sure an endpoint is', () => {
  it('is the probability of the tokens that say the label, whatever is around them', () => {
    const text = '{"label":"refund"}';
    const given = tokens(['{"', 0.5], ['label', 0.5], ['":"', 1], ['ref', 0.9], ['und', 0.8], ['"}', 0.5]);
    expect(confidenceOf(text, given, { closed: true, said: 'refund' })).toBeCloseTo(0.72, 10);
  });

  it('is a mean over the tokens of what is written freely', () => {
    const given = tokens(['a', 0.9], ['b', 0.4]);
    expect(confidenceOf('ab', given, { closed: false, said: null })).toBeCloseTo(0.6, 10);
  });

  it('is not known without tokens, with those of another text, and with none that says the answer', () => {
    expect(confidenceOf('ab', [], { closed: true, said: 'ab' })).toBeNull();
    expect(confidenceOf('ab', tokens(['c', 1]), { closed: true, said: 'ab' })).toBeNull();
    expect(confidenceOf('ab', tokens(['ab', 1]), { closed: true, said: 'cd' })).toBeNull();
  });

  it('is never above 1, whatever an endpoint gives', () => {
    const given = [{ token: 'ab', logprob: 3 }];
    expect(confidenceOf('ab', given, { closed: true, said: 'ab' })).toBe(1);
    expect(confidenceOf('ab', [{ token: 'ab', logprob: Number.NaN }], { closed: true, said: 'ab' })).toBeNull();
  });
});
