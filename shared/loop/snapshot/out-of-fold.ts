import { digest } from '../../domain/base/ids.ts';
import type { Output } from '../../domain/base/output.ts';
import type { Configuration } from '../../domain/models/configuration.ts';
import type { Example } from '../../domain/models/example.ts';
import type { Model } from '../../domain/models/model.ts';
import { answerWith } from '../../ports/back-ends.ts';
import { writeJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { toEnd } from '../../ports/to-end.ts';
import type { Trainer } from '../../ports/trainer.ts';
import { foldFile } from '../engine/fold-files.ts';
import type { StageContext } from '../engine/stage.ts';

/** Folds of the cross-validation that the out-of-fold probabilities come from. */
export const folds = 4;

/** What the model of its own fold answers. With an output, it trains the models of the other folds; null trains none. */
export interface FoldItem {
  readonly id: string;
  readonly input: string;
  readonly output: Output | null;
}

/** Probabilities by keys of outputs. */
export interface Probabilities {
  readonly labels: readonly string[];
  readonly probabilities: readonly number[];
}

/** What models say of what they did not train on. */
export interface OutOfFoldAnswers {
  /** By item id, the most probable labels first. */
  readonly items: ReadonlyMap<string, Probabilities>;
  /** The same for the base, by example id. */
  readonly base: ReadonlyMap<string, Probabilities>;
}

/**
 * For each item, and for each example of the base, what a model says of it that was trained on the other folds alone;
 * equal inputs share a fold; their files stay for {@link removeFoldFiles}. Fewer than `folds` items a fold give no
 * probabilities at all.
 */
export async function outOfFoldProbabilities(request: {
  readonly items: readonly FoldItem[];
  /** Examples that train beside the items: what the champion was trained on. */
  readonly base: readonly Example[];
  readonly model: Model;
  readonly trainer: Trainer;
  readonly configuration: Configuration;
  readonly seed: number;
  readonly context: Pick<StageContext, 'ports' | 'key'>;
  /** Tells these folds' files from others of the stage. */
  readonly name: string;
  /** Called when a fold is done. */
  readonly onFold: () => void;
}): Promise<OutOfFoldAnswers> {
  const { items, base, model, trainer, context } = request;
  const { ports } = context;
  const kind = kindOf(model, ports);
  const answers = { items: new Map<string, Probabilities>(), base: new Map<string, Probabilities>() };
  if (items.length < folds * folds) return answers;
  const foldOf = (input: string) => Number.parseInt(digest(model.splitSalt, 'fold', input).slice(0, 8), 16) % folds;
  const all = [
    ...base.map((example) => ({
      input: example.input,
      id: example.exampleId,
      into: answers.base,
      examples: [example],
    })),
    ...items.map((item) => ({ input: item.input, id: item.id, into: answers.items, examples: asExample(item) })),
  ].map((each) => ({ ...each, fold: foldOf(each.input) }));
  await Promise.all(
    Array.from({ length: folds }, async (_, fold) => {
      const held = all.filter((each) => each.fold === fold);
      const trained = all.flatMap((each) => (each.fold === fold ? [] : each.examples));
      if (held.length === 0 || trained.length === 0) return;
      const datasetKey = context.key(foldFile(request.name, fold, 'jsonl'));
      await writeJsonl(ports.objects, datasetKey, trained);
      const artifactKey = context.key(foldFile(request.name, fold, 'bin'));
      const trainedFold = await toEnd(trainer, artifactKey, {
        task: model.task,
        datasetKey,
        configuration: request.configuration,
        seed: request.seed,
        teacher: null,
        artifactKey,
        predictor: trainer.predictors[0] ?? trainer.name,
      });
      const predictions = await answerWith(
        trainedFold,
        held.map(({ input }) => input),
        ports,
        { alternatives: kind.knownFacets(model.task).length },
      );
      for (const [index, { id, into }] of held.entries()) {
        const alternatives = predictions[index]?.alternatives ?? [];
        if (alternatives.length === 0) continue;
        into.set(id, {
          labels: alternatives.map((alternative) => kind.key(alternative.output)),
          probabilities: alternatives.map((alternative) => alternative.confidence),
        });
      }
      request.onFold();
    }),
  );
  return answers;
}

function asExample({ id, input, output }: FoldItem): Example[] {
  if (output === null) return [];
  return [
    {
      exampleId: digest(id),
      input,
      output,
      weight: 1,
      slice: 'gold',
      provenance: { kind: 'trace', traceId: id, judge: null, clusterId: null, why: 'out-of-fold' },
    },
  ];
}
