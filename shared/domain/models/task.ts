import { z } from 'zod';

/** Most labels a task may have; beyond that a label set is almost surely a column of ids taken by mistake. */
export const maxLabels = 10_000;

export const labelSchema = z.string().trim().min(1).max(200);

const classificationTaskSchema = z.strictObject({
  kind: z.literal('classification'),
  /** Sorted, unique. */
  labels: z.array(labelSchema).min(1).max(maxLabels),
});

/** What a model is asked to do. Classification is the first kind; extraction and generation join this union. */
export const taskSchema = z.discriminatedUnion('kind', [classificationTaskSchema]);
export type Task = z.infer<typeof taskSchema>;

/** What a model answers. A label for classification. Compare outputs only with {@link sameOutput}. */
export const outputSchema = labelSchema;
export type Output = z.infer<typeof outputSchema>;

/** Whether two outputs count as the same answer (exact match for labels). */
export function sameOutput(a: Output | null, b: Output | null): boolean {
  return a !== null && a === b;
}

/** The labels an output speaks of: one for classification, one an entity for extraction. */
export function labelsOf(output: Output): readonly string[] {
  return [output];
}

/** Why an output is not valid for the task, or null when it is. */
export function outputProblem(task: Task, output: Output): string | null {
  return labelSet(task).has(output)
    ? null
    : `label ${JSON.stringify(output.slice(0, 80))} is not one of the model's ${task.labels.length}`;
}

const labelSets = new WeakMap<Task, ReadonlySet<string>>();
function labelSet(task: Task): ReadonlySet<string> {
  let labels = labelSets.get(task);
  if (labels === undefined) {
    labels = new Set(task.labels);
    labelSets.set(task, labels);
  }
  return labels;
}

/** A classification task from labels in any order, with repetitions. */
export function classificationTask(labels: Iterable<string>): Task {
  return { kind: 'classification', labels: [...new Set(labels)].sort() };
}
