import type { PropagationThreshold } from '../../shared/domain/review/propagation-threshold.ts';
import type { ReviewItem } from '../../shared/domain/review/review-item.ts';
import { nearDuplicateGroups } from '../../shared/domain/similarity/near-duplicates.ts';
import type { Judgement } from '../../shared/domain/traces/judgement.ts';
import { SimilarTraces } from '../../shared/operations/review/similar-traces.ts';
import type { RandomStream } from '../../shared/ports/random.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../shared/tasks/classification/label.ts';
import type { Labelled } from '../improvement/load-clinc.ts';
import { WordIndex } from './word-index.ts';

/** How right what was propagated is, and how far it reaches. */
export interface Quality {
  readonly method: string;
  /** Pairs of a correction and what it was carried over to. */
  readonly propagated: number;
  readonly right: number;
  /** Traces that a correction reaches, on average. */
  readonly reach: number;
  readonly fitted: PropagationThreshold | null;
}

const corrections = 500;

/**
 * Carries corrections of random traces over to traces that nobody has judged, and holds that against the truth.
 * @param judged how many traces are judged, by which the threshold is fitted
 */
export async function measureQuality(
  texts: readonly Labelled[],
  judged: number,
  random: RandomStream,
): Promise<readonly Quality[]> {
  const shuffled = random.shuffle(texts);
  const inputs = shuffled.map(({ text }) => text);
  const groups = nearDuplicateGroups(inputs);
  const items = shuffled.map(({ text, label }, at): ReviewItem => {
    const output = labelOutput(label);
    const judgement: Judgement = {
      ...{ judgementId: `j${at}`, traceId: `t${at}`, verdict: 'pass', judgedAt: '2026-01-01T00:00:00Z' },
      judge: { kind: 'human', id: 'ana', reason: '' },
    };
    return {
      ...{ traceId: `t${at}`, input: text, output, at: '2026-01-01T00:00:00Z', confidence: null, run: null },
      group: groups[at] ?? at,
      judgements: at < judged ? [judgement] : [],
      counts: at < judged ? { kind: 'counts', judgement } : { kind: 'none' },
    };
  });
  const similar = await SimilarTraces.of(items);
  const fitted = await similar.fit(({ counts, output }) => (counts.kind === 'counts' ? output : null), classification);
  const sources = items.slice(judged, judged + corrections);
  const isUnjudged = (source: ReviewItem) => (item: ReviewItem) =>
    item.counts.kind === 'none' && item.traceId !== source.traceId;
  const byCosine = (method: string, threshold: PropagationThreshold, shown: PropagationThreshold | null) =>
    quality(
      method,
      sources.map((source) => ({ source, targets: similar.like(source.input, threshold, isUnjudged(source)) })),
      shown,
    );
  const words = new WordIndex(inputs);
  const places = new Map(items.map((item, at) => [item.traceId, at]));
  const byWords = sources.map((source) => ({
    source,
    targets: words.atLeast(places.get(source.traceId) ?? 0, 0.8).flatMap((at) => {
      const item = items[at];
      return item !== undefined && isUnjudged(source)(item) ? [{ item }] : [];
    }),
  }));
  return [
    byCosine('fitted', fitted, fitted),
    byCosine('0.8, words and characters', { threshold: 0.8, precision: null }, null),
    quality('0.8, words', byWords, null),
  ];
}

function quality(
  method: string,
  found: readonly { readonly source: ReviewItem; readonly targets: readonly { readonly item: ReviewItem }[] }[],
  fitted: PropagationThreshold | null,
): Quality {
  let propagated = 0;
  let right = 0;
  for (const { source, targets } of found) {
    propagated += targets.length;
    right += targets.filter(({ item }) => labelOfItem(item) === labelOfItem(source)).length;
  }
  return { method, propagated, right, reach: propagated / found.length, fitted };
}

function labelOfItem({ output }: ReviewItem): string {
  return output === null ? '' : labelOf(output);
}
