import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Output } from '../../domain/base/output.ts';
import { labelOf, labelSchema } from './label.ts';

/** Most labels a task may have; beyond that a label set is almost surely a column of ids taken by mistake. */
const maxLabels = 10_000;

export const classificationSpecSchema = z.strictObject({
  kind: z.literal('classification'),
  /** Sorted, unique. */
  labels: z.array(labelSchema).min(1).max(maxLabels),
});
export type ClassificationSpec = z.infer<typeof classificationSpecSchema>;

/** A classification task from labels in any order, with repetitions. */
export function classificationTask(labels: Iterable<string>): ClassificationSpec {
  return { kind: 'classification', labels: [...new Set(labels)].sort() };
}

/**
 * The task of a new model, from labels given by hand and those of its first examples.
 * @throws RatchetError InvalidInput for a text that cannot be a label, for fewer than two labels and for far too many
 */
export function classificationSpecFrom(given: {
  readonly labels: readonly string[];
  readonly outputs: readonly Output[];
}): ClassificationSpec {
  const task = classificationTask([...given.labels.map(checkedLabel), ...given.outputs.map(labelOf)]);
  if (task.labels.length > maxLabels) {
    throw new RatchetError(
      'InvalidInput',
      `There are ${task.labels.length} different labels, more than ${maxLabels}.`,
      { mend: 'Check "output": it should be the name of a class, not a text or an id of its own in each line.' },
    );
  }
  if (task.labels.length < 2) {
    const found = task.labels.length === 1 ? `is only ${JSON.stringify(task.labels[0]?.slice(0, 80))}` : 'are none';
    throw new RatchetError('InvalidInput', `A classification needs at least two labels; there ${found}.`, {
      mend: 'Name them with --labels a,b,… or give examples of each with --examples FILE.',
    });
  }
  return task;
}

function checkedLabel(label: string): string {
  const parsed = labelSchema.safeParse(label);
  if (parsed.success) return parsed.data;
  throw new RatchetError('InvalidInput', `${JSON.stringify(label.slice(0, 120))} cannot be a label.`, {
    mend: 'Labels have 1 to 200 characters.',
  });
}

const labelSets = new WeakMap<ClassificationSpec, ReadonlySet<string>>();

/** Whether the task has the label. */
export function hasLabel(task: ClassificationSpec, label: string): boolean {
  let labels = labelSets.get(task);
  if (labels === undefined) {
    labels = new Set(task.labels);
    labelSets.set(task, labels);
  }
  return labels.has(label);
}
