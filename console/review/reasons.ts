import type { ReviewCard } from '../../shared/serving/review-messages.ts';

export type Reason = ReviewCard['why'][number]['kind'];

/** Why a card is in the queue, in two or three words. */
export const reasonTitles: Readonly<Record<Reason, string>> = {
  suspect: 'suspect label',
  disagreement: 'disagreement',
  'sure-error': 'sure error',
  boundary: 'on the boundary',
  drift: 'changed traffic',
  random: 'at random',
};
