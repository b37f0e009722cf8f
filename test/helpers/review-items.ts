import type { ReviewItem, RunView } from '../../shared/domain/review/review-item.ts';
import type { Judgement } from '../../shared/domain/traces/judgement.ts';
import { whatCounts } from '../../shared/domain/traces/what-counts.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../shared/tasks/classification/label.ts';

const task = classificationTask(['ham', 'spam', 'news']);

export interface SaidOf {
  readonly kind?: Judgement['judge']['kind'];
  readonly by?: string;
  readonly expected?: string;
  readonly verdict?: 'pass' | 'fail';
}

/** A trace that was answered `ham`, each in a group of its own. */
export function reviewItem(
  change: Partial<Omit<ReviewItem, 'judgements' | 'counts'>> = {},
  ...said: readonly SaidOf[]
): ReviewItem {
  const traceId = change.traceId ?? 't1';
  const trace = { input: 'some text', output: labelOutput('ham'), ...change };
  const judgements = said.map(
    ({ kind = 'llm', by = 'judge', expected, verdict }, at): Judgement => ({
      judgementId: `${traceId}-${at}`,
      traceId,
      verdict: verdict ?? (expected === 'ham' ? 'pass' : 'fail'),
      ...(expected === undefined ? {} : { expected: labelOutput(expected) }),
      judge: { kind, id: by, reason: '' },
      judgedAt: '2026-01-01T00:00:00Z',
    }),
  );
  return {
    traceId,
    ...trace,
    at: '2026-01-01T00:00:00Z',
    confidence: change.confidence ?? null,
    group: change.group ?? [...traceId].reduce((sum, one) => 31 * sum + one.charCodeAt(0), 7),
    run: change.run ?? null,
    judgements,
    counts: whatCounts({ trace, judgements }, task, classification),
  };
}

/** What a run made of it: the same answer, and no doubt. */
export function runView(change: Partial<RunView> = {}): RunView {
  return { answer: labelOutput('ham'), confidence: 0.8, margin: 0.6, suspect: null, isPoison: false, ...change };
}
