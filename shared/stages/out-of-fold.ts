import type { Example } from '../domain/example.ts';
import type { Configuration } from '../domain/hyperparameters.ts';
import { digest } from '../domain/ids.ts';
import type { Model } from '../domain/model.ts';
import type { Output } from '../domain/task.ts';
import { answerWith, trainerNamed } from './answer.ts';
import { writeJsonl } from './jsonl.ts';
import type { Ports } from './ports.ts';

/** Folds of the cross-validation that the out-of-fold probabilities come from. */
const folds = 4;

/** What is answered; also trained on, in the folds that it is not in, where it has an output. */
export interface FoldItem {
  readonly id: string;
  readonly input: string;
  readonly output: Output | null;
}

export interface Probabilities {
  readonly labels: readonly string[];
  readonly probabilities: readonly number[];
}

/**
 * For each item what a model says of it that was trained on the other folds alone; equal inputs share a fold.
 * Fewer than `folds` items a fold give no probabilities at all.
 * @returns by item id, the most probable labels first
 */
export async function outOfFoldProbabilities(request: {
  readonly items: readonly FoldItem[];
  /** Examples that every fold trains on beside its own: what the champion was trained on. */
  readonly base: readonly Example[];
  readonly model: Model;
  readonly configuration: Configuration;
  readonly seed: number;
  readonly ports: Ports;
  readonly key: (file: string) => string;
}): Promise<ReadonlyMap<string, Probabilities>> {
  const { items, model, ports } = request;
  const answers = new Map<string, Probabilities>();
  if (items.length < folds * folds) return answers;
  const foldOf = items.map(
    (item) => Number.parseInt(digest(model.splitSalt, 'fold', item.input).slice(0, 8), 16) % folds,
  );
  let done = 0;
  await Promise.all(
    Array.from({ length: folds }, async (_, fold) => {
      const held = items.filter((_item, index) => foldOf[index] === fold);
      const trained = items.flatMap((item, index) => (foldOf[index] === fold ? [] : asExample(item)));
      if (held.length === 0 || trained.length === 0) return;
      const datasetKey = request.key(`fold-${fold}.jsonl`);
      await writeJsonl(ports.objects, datasetKey, [...request.base, ...trained]);
      const result = await trainerNamed(model.trainer, ports).train({
        task: model.task,
        datasetKey,
        configuration: request.configuration,
        seed: request.seed,
        teacher: null,
        artifactKey: request.key(`fold-${fold}.bin`),
      });
      const predictions = await answerWith(
        { trainer: model.trainer, artifactKey: result.artifactKey, artifactDigest: result.artifactDigest },
        held.map((item) => item.input),
        ports,
        { alternatives: model.task.labels.length },
      );
      for (const [index, item] of held.entries()) {
        const alternatives = predictions[index]?.alternatives ?? [];
        if (alternatives.length === 0) continue;
        answers.set(item.id, {
          labels: alternatives.map((alternative) => alternative.output),
          probabilities: alternatives.map((alternative) => alternative.confidence),
        });
      }
      await ports.objects.delete(datasetKey);
      await ports.objects.delete(result.artifactKey);
      done += 1;
      ports.observer.progress(done, folds, 'folds');
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
