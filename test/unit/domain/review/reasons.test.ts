import { describe, expect, it } from 'vitest';
import { confidenceOf, reasonsFor } from '../../../../shared/domain/review/reasons.ts';
import type { ReviewItem } from '../../../../shared/domain/review/review-item.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { reviewItem, runView } from '../../../helpers/review-items.ts';

const reasons = (item: ReviewItem) => reasonsFor(item, classification);
const kinds = (item: ReviewItem) => reasons(item).map(({ kind }) => kind);

describe('why a person should look at a trace', () => {
  it('a judgement that the last run found suspect, as likely wrong as it said', () => {
    const run = runView({ suspect: { reason: 'wrong with probability 0.93', probability: 0.93 } });
    expect(reasons(reviewItem({ run }, { expected: 'spam' }))).toEqual([
      { kind: 'suspect', text: 'wrong with probability 0.93', wrong: 0.93 },
    ]);
  });

  it('no longer once a person has judged it', () => {
    const run = runView({ suspect: { reason: 'doubtful', probability: 0.93 } });
    expect(kinds(reviewItem({ run }, { kind: 'human', by: 'ana', expected: 'spam' }))).toEqual([]);
  });

  it('people who disagree, a person and a judge, two judges', () => {
    const [ana, ben] = [
      { kind: 'human', by: 'ana', expected: 'spam' },
      { kind: 'human', by: 'ben', expected: 'news' },
    ] as const;
    const weights = [
      reviewItem({}, ana, ben),
      reviewItem({}, { by: 'one', expected: 'spam' }, { by: 'two', expected: 'news' }),
      reviewItem({}, ana, { expected: 'ham' }),
    ].map((item) => reasons(item));
    expect(weights.map(([why]) => why?.kind)).toEqual(['disagreement', 'disagreement', 'disagreement']);
    expect(weights.map(([why]) => why?.wrong)).toEqual([0.95, 0.7, 0.6]);
    expect(weights[2]?.[0]?.text).toBe('human ana says "spam", llm judge says "ham".');
  });

  it('not what merely was carried over, nor a second judge who says the same', () => {
    expect(
      kinds(
        reviewItem(
          {},
          { kind: 'human', by: 'ana', expected: 'spam' },
          { kind: 'propagated', by: 'ben', expected: 'ham' },
        ),
      ),
    ).toEqual([]);
    expect(
      kinds(reviewItem({ confidence: 0.6 }, { by: 'one', expected: 'ham' }, { by: 'two', expected: 'ham' })),
    ).toEqual([]);
  });

  it('a mistake that the model was sure of, by its honest confidence', () => {
    const sure = reviewItem({ confidence: 0.99 }, { expected: 'spam' });
    expect(reasons(sure)).toMatchObject([
      { kind: 'sure-error', text: 'The model answered ham with a confidence of 0.99, and is judged wrong.' },
    ]);
    expect(kinds(reviewItem({ confidence: 0.99, run: runView({ confidence: 0.4 }) }, { expected: 'spam' }))).toEqual(
      [],
    );
    expect(kinds(reviewItem({ confidence: 0.89 }, { expected: 'spam' }))).toEqual([]);
  });

  it('a failure of which nobody has said what is right', () => {
    expect(reasons(reviewItem({}, { verdict: 'fail' }))).toMatchObject([
      { kind: 'sure-error', text: 'Judged wrong, and nobody has said what is right.' },
    ]);
  });

  it('an answer that nobody judged and that is likelier wrong than right, or on a boundary', () => {
    expect(reasons(reviewItem({ confidence: 0.3 }))).toMatchObject([{ kind: 'sure-error', wrong: 0.7 }]);
    expect(kinds(reviewItem({ run: runView({ confidence: 0.51, margin: 0.05 }) }))).toEqual(['boundary']);
    expect(kinds(reviewItem({ run: runView({ confidence: 0.51, margin: 0.2 }) }))).toEqual([]);
    // Of another answer than the recorded one it says nothing.
    expect(kinds(reviewItem({ run: runView({ answer: labelOutput('spam'), margin: 0.05 }) }))).toEqual([]);
  });

  it('a judgement that cannot count', () => {
    expect(reasons(reviewItem({}, { expected: 'newsletter' }))).toMatchObject([{ kind: 'suspect', wrong: 0.85 }]);
  });

  it('nothing of what is no traffic of the model', () => {
    expect(kinds(reviewItem({ confidence: 0.1, run: runView({ isPoison: true }) }, { verdict: 'fail' }))).toEqual([]);
  });

  it('by the confidence out of fold where the champion still answers so, else as it was recorded', () => {
    const told = (item: ReviewItem) => confidenceOf(item, classification);
    expect(told(reviewItem({ confidence: 0.9, run: runView({ confidence: 0.4 }) }))).toBe(0.4);
    expect(told(reviewItem({ confidence: 0.9, run: runView({ answer: null }) }))).toBe(0.9);
    expect(told(reviewItem())).toBeNull();
  });
});
