import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import type { Output } from '../../domain/base/output.ts';
import type { TaskOption } from '../../domain/base/task-kind.ts';
import { entitiesOf, entityLabelSchema } from './entity.ts';

/** Most types of entities a task may have; beyond that a name of its own was taken for a type in each line. */
const maxTypes = 1_000;

const overlapsSchema = z.enum(['refused', 'allowed']);

export const extractionSpecSchema = z.strictObject({
  kind: z.literal('extraction'),
  /** Types of entities; sorted, unique. */
  labels: z.array(entityLabelSchema).min(1).max(maxTypes),
  /** Whether two entities may share characters. */
  overlaps: overlapsSchema.default('refused'),
});
export type ExtractionSpec = z.infer<typeof extractionSpecSchema>;

/** What can be chosen of an extraction. */
export const extractionOptions: readonly TaskOption[] = [
  { name: 'overlaps', values: overlapsSchema.options, about: 'whether entities may share characters' },
];

/**
 * The task of a new model, from types given by hand and those of its first examples.
 * @throws RatchetError InvalidInput for a text that cannot be a type, for none and for far too many
 */
export function extractionSpecFrom(given: {
  readonly labels: readonly string[];
  readonly outputs: readonly Output[];
  readonly options?: Readonly<Record<string, string>>;
}): ExtractionSpec {
  const named = given.labels.map(checkedLabel);
  const found = given.outputs.flatMap((output) => entitiesOf(output).map(({ label }) => label));
  const labels = [...named, ...found];
  if (labels.length === 0) {
    throw new RatchetError('InvalidInput', 'An extraction needs at least one type of entity; there is none.', {
      mend: 'Name them with --labels a,b,… or give examples that have entities with --examples FILE.',
    });
  }
  return withTypes(
    { kind: 'extraction', overlaps: overlapsSchema.parse(given.options?.overlaps ?? 'refused') },
    labels,
  );
}

/** A task with other types of entities, in any order. @throws RatchetError InvalidInput for far too many */
export function withTypes(task: Omit<ExtractionSpec, 'labels'>, types: Iterable<string>): ExtractionSpec {
  const labels = [...new Set(types)].sort();
  if (labels.length > maxTypes) {
    throw new RatchetError('InvalidInput', `There are ${labels.length} types of entities, more than ${maxTypes}.`, {
      mend: 'Check "label": it should be a type such as "city", not the text of the entity.',
    });
  }
  return { kind: task.kind, labels, overlaps: task.overlaps };
}

function checkedLabel(label: string): string {
  const parsed = entityLabelSchema.safeParse(label);
  if (parsed.success) return parsed.data;
  throw new RatchetError('InvalidInput', `${JSON.stringify(label.slice(0, 120))} cannot be a type of entity.`, {
    mend: 'Types have 1 to 200 characters.',
  });
}
