import { RatchetError } from '../../domain/base/errors.ts';
import type { LabelChange, LabelReading, Translated } from '../../domain/base/label-change.ts';
import { nearestName } from '../../domain/base/nearest-name.ts';
import { quoted } from '../../domain/base/quoted.ts';
import type { Relabelling } from '../../domain/base/task-kind.ts';
import { normalisedText } from '../../domain/base/text.ts';
import { type ClassificationSpec, classificationTask, hasLabel } from './classification-spec.ts';
import { labelOf, labelOutput, labelSchema } from './label.ts';

/** How the labels of a classification change. */
export const relabelling: Relabelling<ClassificationSpec> = { withChange, reading: labelReading };

/** Names that a change brings, and those that it takes from the task. */
function withChange(task: ClassificationSpec, change: LabelChange, before: readonly LabelChange[]): ClassificationSpec {
  const labels = new Set(task.labels);
  switch (change.how) {
    case 'add':
      for (const label of change.labels) addNew(label, labels);
      break;
    case 'rename':
      remove(change.from, labels);
      if (labels.has(change.to)) {
        throw refused(`There is a label ${quoted(change.to)} already.`, 'To make one of two labels, merge them.');
      }
      addNew(change.to, labels);
      break;
    case 'merge':
      merge(change, task, labels, before);
      break;
    case 'split':
      remove(change.from, labels);
      checkParts(change);
      for (const label of change.into) labels.add(checked(label));
      break;
  }
  if (labels.size < 2) {
    throw refused(
      `Only ${[...labels].map(quoted).join()} would be left, and a classification needs at least two labels.`,
      'Keep another label apart.',
    );
  }
  const next = classificationTask(labels);
  checkUnambiguous(next, [...before, change]);
  return next;
}

function addNew(label: string, labels: Set<string>): void {
  if (labels.has(checked(label))) {
    throw refused(`There is a label ${quoted(label)} already.`, 'Give each new label once, and none that is there.');
  }
  const form = normalisedText(label);
  const variant = [...labels].find((known) => normalisedText(known) === form);
  if (variant !== undefined) {
    throw refused(
      `${quoted(label)} is the label ${quoted(variant)} but for case, blanks or Unicode form, and is read as that.`,
      'Choose another name.',
    );
  }
  labels.add(label);
}

function remove(label: string, labels: Set<string>): void {
  if (labels.delete(label)) return;
  const nearest = nearestName(label, [...labels]);
  throw refused(
    `${quoted(label)} is none of the model's ${labels.size} labels.`,
    nearest === null ? 'See which there are: ratchet labels MODEL' : `The nearest one is ${quoted(nearest)}.`,
  );
}

function merge(
  { labels: merged, aliases, into }: LabelChange & { how: 'merge' },
  task: ClassificationSpec,
  labels: Set<string>,
  before: readonly LabelChange[],
): void {
  for (const label of merged) remove(label, labels);
  const { translate } = labelReading(before);
  for (const alias of aliases) {
    const { output } = translate(labelOutput(alias));
    if (output !== null && labelOf(output) === alias && !hasLabel(task, alias)) continue;
    throw refused(`${quoted(alias)} has a meaning already.`, 'See what was changed before: ratchet labels MODEL');
  }
  if ([...merged, ...aliases].every((label) => label === into)) {
    throw refused(`There is nothing to merge into ${quoted(into)}.`, 'Name the labels that are to become one.');
  }
  if (labels.has(into)) throw new Error(`merged into ${into}, which is not among what is merged`);
  labels.add(checked(into));
}

function checkParts({ from, into }: LabelChange & { how: 'split' }): void {
  if (new Set(into).size === into.length && into.length > 1 && !into.includes(from)) return;
  throw refused(
    `${quoted(from)} cannot be split into ${into.map(quoted).join(', ')}.`,
    'Name two or more different labels, and none of them as before: what was judged so far says the old name, and nobody could tell it from the new one.',
  );
}

/**
 * What is stored says only a name, and nobody knows when it was meant: so a name that was given up may not come back
 * with another meaning.
 */
function checkUnambiguous(task: ClassificationSpec, changes: readonly LabelChange[]): void {
  const { translate } = labelReading(changes);
  for (const label of task.labels) {
    const { output } = translate(labelOutput(label));
    if (output !== null && labelOf(output) === label) continue;
    const meaning = output === null ? 'a label that was split' : quoted(labelOf(output));
    throw refused(
      `${quoted(label)} was a label before: what is on record under this name is read as ${meaning}.`,
      'Choose a name that the model never had.',
    );
  }
}

function checked(label: string): string {
  if (labelSchema.safeParse(label).data === label) return label;
  throw refused(
    `${JSON.stringify(label.slice(0, 120))} cannot be a label.`,
    'Labels have 1 to 200 characters, and no blank at either end.',
  );
}

function refused(message: string, mend: string): RatchetError {
  return new RatchetError('InvalidInput', message, { mend });
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
    joins: changes.some((change) => change.how === 'merge' && change.labels.length > 1),
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

function translateLabel(before: string, changes: readonly LabelChange[]): Translated {
  let label = before;
  let joined = false;
  for (const change of changes) {
    if (change.how === 'rename' && change.from === label) label = change.to;
    if (change.how === 'split' && change.from === label) return { output: null, joined };
    if (change.how === 'merge' && (change.labels.includes(label) || change.aliases.includes(label))) {
      label = change.into;
      joined ||= change.labels.length > 1;
    }
  }
  return { output: labelOutput(label), joined };
}
