import { z } from 'zod';
import { percent, plural } from '../base/wording.ts';
import type { Settings } from '../models/settings.ts';
import { detectDeterioration, type JudgedBatch } from './deterioration.ts';

/** What made somebody ask whether a run is due. */
export const triggerSchema = z.enum(['traces-ingested', 'schedule', 'run-finished', 'drift-seen']);
export type Trigger = z.infer<typeof triggerSchema>;

/** Whether a run is due, and the reason either way, for people. */
export interface Due {
  readonly due: boolean;
  readonly reason: string;
}

export interface DueRequest {
  readonly trigger: Trigger;
  /** All batches, oldest first. */
  readonly history: readonly JudgedBatch[];
  /** Position of the log since which the champion answers; null when the model has had no other. */
  readonly championSince: number | null;
  /** Position of the log up to which the last run has seen it; null when there was none. */
  readonly seen: number | null;
  /** Traces of which a judgement counts by a change of labels since the last run began; none by default. */
  readonly letIn?: number;
  /** Traces there are, which no number of failures exceeds: a trace that was judged in two batches counts in both. */
  readonly traces?: number;
  /** Positions of the log at which changes of the traffic were seen, with their words; none by default. */
  readonly drift?: readonly { readonly position: number; readonly words: string }[];
  readonly settings: Pick<Settings, 'runAfterFailures' | 'deteriorationBaseline' | 'deteriorationThreshold'> &
    Partial<Pick<Settings, 'drift'>>;
}

/**
 * A run is due when enough traces were judged to fail since the last one, when the right output of enough that were known
 * to fail came since (what came with its failure counts as that alone), when they fail more often than they used to,
 * when a change of labels let judgements in that were held, or when it is time on the schedule and there is anything new at all.
 */
export function isRunDue(request: DueRequest): Due {
  const { trigger, history, championSince, seen, settings, letIn = 0, traces = Infinity, drift = [] } = request;
  const fresh = after(history, seen);
  const total = (of: 'failed' | 'corrected') =>
    Math.min(
      traces,
      fresh.reduce((sum, batch) => sum + (batch[of] ?? 0), 0),
    );
  const failures = total('failed');
  const corrected = total('corrected');
  const since = seen === null ? 'so far' : 'since the last run began';
  const failedTraces = `${plural(failures, 'trace')} ${failures === 1 ? 'was' : 'were'}`;
  if (failures >= settings.runAfterFailures) {
    return { due: true, reason: `${failedTraces} judged to fail ${since}.` };
  }
  if (corrected >= settings.runAfterFailures) {
    return { due: true, reason: `${plural(corrected, 'failing trace')} got a right output ${since}.` };
  }
  if (letIn > 0) {
    return {
      due: true,
      reason: `The labels were changed, and ${plural(letIn, 'more judged trace')} ${letIn === 1 ? 'counts' : 'count'} since.`,
    };
  }
  const { deteriorated, usualRate, judged, failed } = detectDeterioration(
    after(history, championSince),
    seen,
    settings,
  );
  if (deteriorated && usualRate !== null) {
    const reason = `Traces fail more often than they used to: ${failed} of ${judged} judged ${since}, usually at most ${percent(usualRate)}.`;
    return { due: true, reason };
  }
  const changed = settings.drift === 'run' ? drift.filter(({ position }) => seen === null || position > seen) : [];
  if (changed.length > 0) {
    return { due: true, reason: `The traffic has changed ${since}: ${changed.map(({ words }) => words).join(', ')}.` };
  }
  if (fresh.length === 0) return { due: false, reason: `Nothing new ${since}.` };
  if (trigger === 'schedule')
    return { due: true, reason: `It is time, and new traces or judgements came in ${since}.` };
  return {
    due: false,
    reason: `${failedTraces} judged to fail ${since}; a run begins at ${settings.runAfterFailures}.`,
  };
}

function after(batches: readonly JudgedBatch[], seen: number | null): readonly JudgedBatch[] {
  return seen === null ? batches : batches.filter(({ position }) => position > seen);
}
