import { describe, expect, it } from 'vitest';
import { choicesOf } from '../../../console/review/choices.ts';
import { searchLabels } from '../../../console/review/search-labels.ts';
import { asOutput } from '../../../shared/domain/base/output.ts';
import type { ReviewCard } from '../../../shared/serving/review-messages.ts';

function cardOf(change: Partial<ReviewCard>): ReviewCard {
  return {
    ...{ cardId: 'c', traceId: 't', like: 0, likeIds: [], input: 'text', output: asOutput('spam'), confidence: 0.9 },
    ...{ verdict: null, expected: null, judges: [], why: [], suggestions: [], at: '', claim: null, reviews: [] },
    ...change,
  };
}
const suggest = (output: string, share: number) => ({ output: asOutput(output), share });

describe('what a digit picks', () => {
  it('is what judges say is right, then what the champion would say, each once', () => {
    const card = cardOf({ expected: asOutput('news'), suggestions: [suggest('spam', 0.7), suggest('news', 0.2)] });
    const labels = Array.from({ length: 150 }, (_, at) => `l${at}`);
    expect(choicesOf(card, labels, 'classification')).toEqual([
      { output: 'news', from: 'said to be right', share: 0.2 },
      { output: 'spam', from: 'the champion', share: 0.7 },
    ]);
  });

  it('is every label where there are few, and never more than nine', () => {
    const offered = (labels: string[]) => choicesOf(cardOf({}), labels, 'classification').map(({ output }) => output);
    expect(offered(['ham', 'spam'])).toEqual(['ham', 'spam']);
    expect(offered([...'abcdefghij'])).toEqual([]);
    expect(offered([...'abcdefghi'])).toHaveLength(9);
  });

  it('tells entities apart by type and place, not by what else is known of them', () => {
    const entity = { label: 'city', start: 0, end: 4 };
    const card = cardOf({
      expected: asOutput([entity]),
      suggestions: [{ output: asOutput([{ ...entity, confidence: 0.4, text: 'Rome' }]), share: 0.4 }],
    });
    expect(choicesOf(card, ['city'], 'extraction')).toHaveLength(1);
  });
});

describe('a search for labels', () => {
  const labels = ['order_card', 'card_lost', 'credit-card.limit', 'trip'];

  it('finds all of its words in any order, those that begin with it first', () => {
    expect(searchLabels('card', labels)).toEqual(['card_lost', 'order_card', 'credit-card.limit']);
    expect(searchLabels('limit CARD', labels)).toEqual(['credit-card.limit']);
    expect(searchLabels('nothing', labels)).toEqual([]);
  });

  it('shows all where nothing is typed', () => expect(searchLabels('  ', labels)).toEqual(labels));
});
