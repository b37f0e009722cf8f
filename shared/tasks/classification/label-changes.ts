import { RatchetError } from '../../domain/base/errors.ts';
import type { LabelChange, LabelReading, Translated } from '../../domain/base/label-change.ts';
import { quoted } from '../../domain/base/quoted.ts';
import type { Relabelling } from '../../domain/base/task-kind.ts';
import { normalisedText } from '../../domain/base/text.ts';
import { changedNames, joinsNames, type NameRules, translateName } from '../name-changes.ts';
import { type ClassificationSpec, classificationTask } from './classification-spec.ts';
import { labelOf, labelOutput, labelSchema } from './label.ts';

/** How the labels of a classification change. */
export const relabelling: Relabelling<ClassificationSpec> = { withChange, reading: labelReading };

const rules: NameRules = {
  one: 'a label',
  name: 'label',
  several: 'labels',
  isName: (text) => labelSchema.safeParse(text).data === text,
  readsVariants: true,
};

function withChange(task: ClassificationSpec, change: LabelChange, before: readonly LabelChange[]): ClassificationSpec {
  const labels = changedNames(task.labels, change, before, rules);
  if (labels.size < 2) {
    throw new RatchetError(
      'InvalidInput',
      `Only ${[...labels].map(quoted).join()} would be left, and a classification needs at least two labels.`,
      { mend: 'Keep another label apart.' },
    );
  }
  return classificationTask(labels);
}

function labelReading(changes: readonly LabelChange[]): LabelReading {
  const known = new Map<string, Translated>();
  const former = formerNames(changes);
  return {
    translate(output) {
      const label = labelOf(output);
      const translated = known.get(label) ?? translateLabel(label, changes);
      // What comes from outside may be any text: only so many are kept.
      if (known.size < 20_000) known.set(label, translated);
      return translated;
    },
    formerly(output) {
      const label = labelOf(output);
      const found = former.exact.has(label) ? label : (former.byForm.get(normalisedText(label)) ?? null);
      return found === null ? null : labelOutput(found);
    },
    closestName: (label) => translateName(label, changes).name ?? label,
    joins: joinsNames(changes),
  };
}

/** Names that changes gave up, and by {@link normalisedText}; null where two share one form. */
function formerNames(changes: readonly LabelChange[]): {
  readonly exact: ReadonlySet<string>;
  readonly byForm: ReadonlyMap<string, string | null>;
} {
  const exact = new Set(
    changes.flatMap((change) => {
      if (change.how === 'add') return [];
      return change.how === 'merge' ? [...change.labels, ...change.aliases] : [change.from];
    }),
  );
  const byForm = new Map<string, string | null>();
  for (const name of exact) {
    const form = normalisedText(name);
    byForm.set(form, byForm.has(form) ? null : name);
  }
  return { exact, byForm };
}

function translateLabel(label: string, changes: readonly LabelChange[]): Translated {
  const { name, joined } = translateName(label, changes);
  const output = name === null ? null : labelOutput(name);
  return { output, closest: output ?? labelOutput(label), joined };
}
