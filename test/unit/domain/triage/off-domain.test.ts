import { describe, expect, test } from 'vitest';
import { detectOffDomain } from '../../../../shared/domain/triage/off-domain.ts';
import { profileOf } from './fixtures.ts';

/** Five labels, of which one has a probability and the others share what is left. */
const lost = (top = 0.2, count = 5) => ({
  labels: Array.from({ length: count }, (_, at) => `label ${at}`),
  probabilities: Array.from({ length: count }, (_, at) => (at === 2 ? top : (1 - top) / (count - 1))),
});
const profile = profileOf({
  texts: 200,
  documentFrequency: new Map([
    ['the', 150],
    ['of', 5],
    ['parcel', 4],
    ['refund', 3],
    ['comet', 2],
  ]),
});
const stray = 'which galaxies orbit andromeda';

describe('a text is outside of the domain', () => {
  test('where no label is likely and none of its words is known', () => {
    expect(detectOffDomain(stray, profile, lost())).toEqual({
      kind: 'off-domain',
      strength: 0.6 + (0.264 - 0.2) / 0.264 / 2,
      reason: 'no label is likelier than 0.20 out of fold, and 0 % of its content words are known to the traffic',
    });
  });

  test('up to 8 % of the way from chance to certainty', () => {
    expect(detectOffDomain(stray, profile, lost(0.26))?.strength).toBeCloseTo(0.6 + 0.004 / 0.264 / 2, 8);
    expect(detectOffDomain(stray, profile, lost(0.27))).toBeNull();
    expect(detectOffDomain(stray, profile, lost(0.17, 10))).not.toBeNull();
    expect(detectOffDomain(stray, profile, lost(0.18, 10))).toBeNull();
  });

  test('where few of its words are known, those of a great many texts apart', () => {
    const reason = (text: string) => detectOffDomain(text, profile, lost())?.reason ?? null;
    expect(reason('refund galaxies orbit andromeda')).toContain('25 % of its content words');
    expect(reason('refund galaxies orbit andromeda the of the')).toContain('25 % of its content words');
    expect(reason('refund refund galaxies galaxies orbit andromeda')).toContain('25 % of its content words');
    expect(reason('comet galaxies orbit andromeda')).toContain('0 % of its content words');
    expect(reason('refund parcel galaxies orbit andromeda')).toBeNull();
  });

  test('not by fewer than four words of content', () => {
    expect(detectOffDomain('galaxies orbit andromeda', profile, lost())).toBeNull();
    expect(detectOffDomain('the galaxies of orbit andromeda', profile, lost())).toBeNull();
  });

  test('not where nothing tells what the domain is', () => {
    expect(detectOffDomain(stray, profile, undefined)).toBeNull();
    expect(detectOffDomain(stray, { ...profile, texts: 199 }, lost())).toBeNull();
    expect(detectOffDomain(stray, profile, lost(0.25, 4))).toBeNull();
  });
});
