import type { Configuration } from '../../shared/domain/models/configuration.ts';
import type { Example } from '../../shared/domain/models/example.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';
import { labelOf, labelOutput } from '../../shared/tasks/classification/label.ts';
import { entitiesOutput, madeUpEntities, spansOf } from '../helpers/made-up-entities.ts';
import { intents, madeUpIntents, toExamples } from '../helpers/made-up-intents.ts';
import { type FoldCase, onlyPart } from './fold-models-contract.ts';

/** The folds of the example at a place: one, or none, or several. */
function foldsAt(at: number): readonly number[] {
  if (at % 17 === 0) return [];
  return at % 13 === 0 ? [at % 5, 5 + (at % 4)] : [at % 10];
}

const zebras = ['a zebra', 'the zebra', 'zebra here', 'one zebra more', 'zebra zebra', 'my zebra ran'];

/** Intents, with one that only the examples of a part have. */
export function intentFolds(configuration: Configuration): FoldCase {
  const labels = [...intents, 'zebra'];
  return {
    task: classificationTask(labels),
    configuration,
    examples: toExamples([
      ...madeUpIntents.map((line, at) => ({ ...line, folds: foldsAt(at) })),
      ...zebras.map((input, at) => ({ input, output: 'zebra', folds: [2 * onlyPart + (at % 2)] })),
    ]),
    kind: classification,
    secret: { input: 'zebra', output: labelOutput('zebra') },
    relabelled: (example) => {
      const next = (labels.indexOf(labelOf(example.output)) + 1) % labels.length;
      return { ...example, output: labelOutput(labels[next] ?? '') };
    },
  };
}

/** Names with their types, one of which only the examples of a part have. */
export function entityFolds(): FoldCase {
  const named = (word: string, type: string, folds: readonly number[], at: number): Example => {
    const input = `note ${at} of ${word}`;
    const [example] = toExamples([{ input, output: '', folds }]);
    if (example === undefined) throw new Error('there is no example');
    const start = input.length - word.length;
    return { ...example, exampleId: `e${at}`, output: entitiesOutput({ type, start, end: input.length }) };
  };
  const common = Array.from({ length: 40 }, (_, at) =>
    at % 2 === 0 ? named(`town${at}`, 'city', foldsAt(at), at) : named(`name${at}`, 'person', foldsAt(at), at),
  );
  const own = [4, 5].map((fold, at) => named('zanzibar', 'city', [fold], 40 + at));
  return {
    task: madeUpEntities.specFrom({ labels: ['city', 'person', 'other'], outputs: [] }),
    configuration: {},
    examples: [...common, ...own],
    kind: madeUpEntities,
    secret: { input: 'zanzibar', output: entitiesOutput({ type: 'city', start: 0, end: 8 }) },
    relabelled: (example) => ({
      ...example,
      output: entitiesOutput(...spansOf(example.output).map((span) => ({ ...span, type: 'other' }))),
    }),
  };
}
