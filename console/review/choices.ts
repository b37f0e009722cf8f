import type { ReviewCard } from '../../shared/serving/review-messages.ts';
import { outputKey } from './outputs.ts';

/** An answer that a digit picks. */
export interface Choice {
  readonly output: unknown;
  /** Who offers it, for people. */
  readonly from: string;
  /** Probability by the champion, a fraction; null where somebody else offers it. */
  readonly share: number | null;
}

/** As many as there are digits. */
const mostChoices = 9;
/** With so few labels each has a digit. */
const fewLabels = 9;

/** What a card could be answered with: what judges say is right first, then what the champion would say, then the labels where there are few. */
export function choicesOf(card: ReviewCard, labels: readonly string[], task: string): readonly Choice[] {
  const shares = new Map(card.suggestions.map(({ output, share }) => [outputKey(output), share]));
  const shareOf = (output: unknown) => shares.get(outputKey(output)) ?? null;
  const said = [
    { output: card.expected, from: 'said to be right' },
    ...card.judges.map(({ expected, id, kind }) => ({ output: expected, from: `${kind} ${id}` })),
    ...card.suggestions.map(({ output }) => ({ output, from: 'the champion' })),
    ...(task === 'classification' && labels.length <= fewLabels ? labels : []).map((output) => ({ output, from: '' })),
  ];
  const unique = new Map<string, Choice>();
  for (const { output, from } of said) {
    if (output === null) continue;
    const key = outputKey(output);
    if (!unique.has(key)) unique.set(key, { output, from, share: shareOf(output) });
  }
  return [...unique.values()].slice(0, mostChoices);
}
