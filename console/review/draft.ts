import type { ReviewCard, ReviewPreview } from '../../shared/serving/review-messages.ts';
import { modelPath, postJson } from '../api/client.ts';
import { outputKey } from './outputs.ts';

export type Similar = ReviewPreview['propagated'][number];

/** A correction that was chosen and not yet entered. */
export interface Draft {
  readonly expected: unknown;
  readonly cards: readonly ReviewCard[];
  /** What would go with it; null where there are too many cards to tell. */
  readonly reach: Reach | null;
  /** Whether the near-duplicates of the cards are corrected too. */
  readonly withLike: boolean;
  /** Whether it is carried over to what is like them. */
  readonly propagate: boolean;
}

/** What a correction would go to, beside its cards. */
export interface Reach {
  readonly threshold: number;
  readonly precision: ReviewPreview['precision'];
  readonly like: readonly Similar[];
  readonly propagated: readonly Similar[];
  /** How many it would be carried over to; of several cards at most. */
  readonly total: number;
}

/** Of more cards at once nothing is looked up, and nothing carried over. */
export const mostPreviewed = 25;

/** Asks what a correction would go to. @throws ApiError */
export async function draftOf(
  model: string,
  task: string,
  cards: readonly ReviewCard[],
  expected: unknown,
): Promise<Draft> {
  if (cards.length > mostPreviewed) return { expected, cards, reach: null, withLike: true, propagate: false };
  const path = modelPath(model, 'review', 'preview');
  const asked = cards.map(async (card) => {
    const preview = await postJson<ReviewPreview>(path, { traceId: card.traceId, expected });
    // As the card counts them: answered as it was; and of entities, which name places, in the very same text.
    const own = outputKey(card.output);
    const like = preview.like.filter(
      ({ output, input }) => outputKey(output) === own && (task !== 'extraction' || input === card.input),
    );
    return { ...preview, like };
  });
  const previews = await Promise.all(asked);
  const own = new Set(cards.flatMap(({ traceId, likeIds }) => [traceId, ...likeIds]));
  const like = unique(previews.flatMap((preview) => preview.like)).filter(({ traceId }) =>
    cards.every((card) => card.traceId !== traceId),
  );
  const covered = new Set([...own, ...like.map(({ traceId }) => traceId)]);
  const propagated = unique(previews.flatMap((preview) => preview.propagated)).filter(
    ({ traceId }) => !covered.has(traceId),
  );
  const found = previews.reduce((sum, { total }) => sum + total, 0);
  const listed = previews.reduce((sum, preview) => sum + preview.propagated.length, 0);
  const reach: Reach = {
    threshold: previews[0]?.threshold ?? 1,
    precision: previews[0]?.precision ?? null,
    like,
    propagated,
    total: propagated.length + Math.max(0, found - listed),
  };
  return { expected, cards, reach, withLike: true, propagate: reach.total > 0 };
}

/** Whether nothing but its one card is meant, so that there is nothing to look at first. */
export function isPlain({ cards, reach }: Draft): boolean {
  return cards.length === 1 && reach !== null && reach.like.length === 0 && reach.total === 0;
}

/** The cards of a draft with the traces that it judges. */
export function judgedOf({ cards, reach, withLike }: Draft): { cardId: string; traceIds: string[] }[] {
  const [only] = cards;
  if (!withLike) return cards.map(({ cardId, traceId }) => ({ cardId, traceIds: [traceId] }));
  if (cards.length === 1 && only !== undefined && reach !== null) {
    return [{ cardId: only.cardId, traceIds: [only.traceId, ...reach.like.map(({ traceId }) => traceId)] }];
  }
  return cards.map(judgedWhole);
}

/** A card with all that it stands for. */
export function judgedWhole({ cardId, traceId, likeIds }: ReviewCard): { cardId: string; traceIds: string[] } {
  return { cardId, traceIds: [traceId, ...likeIds] };
}

function unique(traces: readonly Similar[]): Similar[] {
  return [...new Map(traces.map((trace) => [trace.traceId, trace])).values()];
}
