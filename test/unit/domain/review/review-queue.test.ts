import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../../../shared/domain/base/steps.ts';
import type { ReviewItem } from '../../../../shared/domain/review/review-item.ts';
import { queueOf } from '../../../../shared/domain/review/review-queue.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { reviewItem } from '../../../helpers/review-items.ts';

const queue = (items: readonly ReviewItem[], salt = 'salt') => atOnce(queueOf(items, classification, salt));
const isRandom = ({ why }: { readonly why: readonly { readonly kind: string }[] }) =>
  why.some(({ kind }) => kind === 'random');
const named = (
  count: number,
  prefix: string,
  change: Parameters<typeof reviewItem>[0],
  ...said: Parameters<typeof reviewItem>[1][]
) =>
  Array.from({ length: count }, (_, at) =>
    reviewItem(
      { traceId: `${prefix}${at}`, group: prefix.charCodeAt(0) * 10_000 + at, ...change },
      ...said.filter((one) => one !== undefined),
    ),
  );

describe('the review queue', () => {
  it('puts what is likeliest wrong first, and of equals what stands for more traffic', () => {
    const alike = ['a', 'b', 'c'].map((traceId) => reviewItem({ traceId, group: 1, confidence: 0.2 }));
    const alone = reviewItem({ traceId: 'd', group: 2, confidence: 0.2 });
    const worse = reviewItem({ traceId: 'e', group: 3, confidence: 0.05 });
    const cards = queue([worse, alone, ...alike]).map(({ traceIds }) => traceIds.toSorted());
    expect(cards).toEqual([['a', 'b', 'c'], ['e'], ['d']]);
  });

  it('folds near-duplicates with one output into one card, and no others', () => {
    const spam = labelOutput('spam');
    const items = [
      reviewItem({ traceId: 'a', group: 1 }),
      reviewItem({ traceId: 'b', group: 1 }),
      reviewItem({ traceId: 'c', group: 1, output: spam }),
      reviewItem({ traceId: 'd', group: 2 }),
    ];
    const cards = queue(items).map(({ traceIds }) => traceIds.toSorted());
    expect(cards.toSorted()).toEqual([['a', 'b'], ['c'], ['d']]);
    const anchored = atOnce(
      queueOf(
        items.map((item, at) => ({ ...item, input: `text ${at}` })),
        { ...classification, anchored: true },
        'salt',
      ),
    );
    expect(anchored).toHaveLength(4);
  });

  it('takes every fifth card at random from all traffic, by the hash of its id alone', () => {
    const likely = named(400, 'l', { confidence: 0.2 });
    const rest = named(1_600, 'r', { confidence: 0.99 });
    const cards = queue([...likely, ...rest]);
    const random = cards.filter(isRandom);
    expect(random).toHaveLength(100);
    expect(cards.slice(0, 400).flatMap((card, at) => (isRandom(card) ? [at % 5] : []))).toEqual(Array(80).fill(4));
    // What else speaks for a trace, and in which order traffic came, moves nothing.
    const chosen = (items: readonly ReviewItem[]) =>
      queue(items)
        .filter(isRandom)
        .map(({ traceIds }) => traceIds[0])
        .toSorted();
    const calm = [...likely, ...rest].map((item) =>
      item.traceId.startsWith('l') ? { ...item, confidence: 0.45 } : item,
    );
    expect(chosen(calm.toReversed())).toEqual(chosen([...likely, ...rest]));
    expect(
      queue([...likely, ...rest], 'another')
        .filter(isRandom)
        .map(({ traceIds }) => traceIds[0])
        .toSorted(),
    ).not.toEqual(chosen([...likely, ...rest]));
  });

  it('gives an error rate by its random cards that is that of all traffic, whatever comes first', () => {
    const wrong = named(300, 'w', { confidence: 0.2 });
    const right = named(700, 'r', { confidence: 0.99 });
    const shares = Array.from({ length: 40 }, (_, seed) => {
      const random = queue([...wrong, ...right], `salt ${seed}`).filter(isRandom);
      return random.filter(({ traceIds }) => traceIds[0]?.startsWith('w')).length / random.length;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    // 75 cards each: the standard error of the mean of forty is 0.0084.
    expect(Math.abs(mean - 0.3)).toBeLessThan(0.026);
  });

  it('has each trace on one card at most, and all that something speaks for', () => {
    const item = fc.record({
      group: fc.integer({ min: 0, max: 9 }),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 60 }), (all) => {
        const items = all.map((one, at) => reviewItem({ ...one, traceId: `t${at}` }));
        const ids = queue(items).flatMap(({ traceIds }) => traceIds);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(
          expect.arrayContaining(
            items.filter(({ confidence }) => (confidence ?? 1) < 0.5).map(({ traceId }) => traceId),
          ),
        );
        expect(new Set(queue(items).map(({ cardId }) => cardId)).size).toBe(queue(items).length);
      }),
    );
  });
});
