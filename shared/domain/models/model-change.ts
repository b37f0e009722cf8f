import { z } from 'zod';
import { RatchetError } from '../base/errors.ts';
import { jsonSchema } from '../base/json.ts';
import { type LabelChange, type LabelReading, labelChangeSchema } from '../base/label-change.ts';
import type { TaskKind } from '../base/task-kind.ts';

/** Label changes that a model can have had. */
export const mostLabelChanges = 500;
/** Changes of settings that are kept; older ones are forgotten. */
export const mostSettingsChanges = 500;
export const mostChanges = mostLabelChanges + mostSettingsChanges;

const changeHead = {
  /** ISO 8601 in UTC. */
  at: z.string(),
  /** Who changed it. */
  by: z.string().max(500),
};

/** One change that a person made to a model. */
export const modelChangeSchema = z.discriminatedUnion('what', [
  z.strictObject({
    ...changeHead,
    what: z.literal('settings'),
    /** The settings that changed, by name. */
    from: z.record(z.string(), jsonSchema),
    to: z.record(z.string(), jsonSchema),
  }),
  z.strictObject({
    ...changeHead,
    what: z.literal('labels'),
    change: labelChangeSchema,
    /** Traces of which a judgement counts since, and none did before; left out for none. */
    letIn: z.strictObject({ judged: z.int(), failed: z.int() }).optional(),
  }),
]);
export type ModelChange = z.infer<typeof modelChangeSchema>;

/** The label changes among the changes of a model, oldest first. */
export function labelChangesOf({ changes }: { readonly changes: readonly ModelChange[] }): readonly LabelChange[] {
  return changes.flatMap((change) => (change.what === 'labels' ? [change.change] : []));
}

/** What the label changes after so many of them let in. */
export function letInAfter(
  { changes }: { readonly changes: readonly ModelChange[] },
  labelChanges: number,
): { readonly judged: number; readonly failed: number } {
  let judged = 0;
  let failed = 0;
  for (const change of changes.filter(({ what }) => what === 'labels').slice(labelChanges)) {
    if (change.what !== 'labels' || change.letIn === undefined) continue;
    judged += change.letIn.judged;
    failed += change.letIn.failed;
  }
  return { judged, failed };
}

/**
 * How outputs that were stored at any time read in the labels that a model has today; null where these were never
 * changed, so that all read as they are.
 */
export function labelReadingOf(
  model: { readonly changes: readonly ModelChange[] },
  { relabelling }: Pick<TaskKind, 'relabelling'>,
): LabelReading | null {
  const changes = labelChangesOf(model);
  return changes.length === 0 ? null : (relabelling?.reading(changes) ?? null);
}

/**
 * The audit with one more change; the oldest changes of settings make room.
 * @throws RatchetError InvalidInput where the labels were changed too often
 */
export function withModelChange(changes: readonly ModelChange[], next: ModelChange): readonly ModelChange[] {
  const all = [...changes, next];
  const settings = all.filter(({ what }) => what === 'settings');
  if (all.length - settings.length > mostLabelChanges) {
    throw new RatchetError('InvalidInput', `The labels of this model were changed ${mostLabelChanges} times already.`, {
      mend: 'Create a new model from its examples: ratchet create MODEL --examples FILE.',
    });
  }
  const forgotten = new Set(settings.slice(0, Math.max(0, settings.length - mostSettingsChanges)));
  return all.filter((change) => !forgotten.has(change));
}

/** A stored model is only ever replaced by its next revision. @throws RatchetError InvalidInput */
export function checkRevision(expected: number, next: { readonly revision: number }): void {
  if (next.revision === expected + 1) return;
  throw new RatchetError('InvalidInput', `A model of revision ${next.revision} cannot follow revision ${expected}.`);
}
