import type { RunResult } from '../shared/loop/state/run-result.ts';

/**
 * The numbers behind a run's decision, for people: scores before and after, and regressions against what was allowed.
 */
export function evidenceLines({ scores, regressions }: Pick<RunResult, 'scores' | 'regressions'>): readonly string[] {
  const { after } = scores;
  return [
    ...Object.entries(scores.before).map(([set, before]) => {
      const candidate = after?.[set];
      return `  ${set}: ${before.toFixed(4)}${candidate === undefined ? '' : ` → ${candidate.toFixed(4)}`}`;
    }),
    ...Object.entries(regressions).map(
      ([scope, { lost, allowed, of }]) => `  regressions, ${scope} sets: ${lost} of ${of} (${allowed} allowed)`,
    ),
  ];
}
