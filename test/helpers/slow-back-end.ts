import { z } from 'zod';
import { storeArtifact } from '../../shared/adapters/backends/store-artifact.ts';
import { shortDigest } from '../../shared/domain/base/ids.ts';
import { jsonSchema } from '../../shared/domain/base/json.ts';
import { words } from '../../shared/domain/base/text.ts';
import { partsSchema } from '../../shared/domain/evaluation/fold.ts';
import { type Example, exampleSchema } from '../../shared/domain/models/example.ts';
import type { Served } from '../../shared/domain/models/served.ts';
import { readJson, readJsonl, writeJson } from '../../shared/ports/documents.ts';
import { noUsage, type Progress } from '../../shared/ports/long-work.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { Artifact, Trainer } from '../../shared/ports/trainer.ts';
import { classification } from '../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../shared/tasks/classification/label.ts';
import { trainFoldModels } from './train-fold-models.ts';

export const slowBackEnd = 'slow';

const jobSchema = z.strictObject({
  datasetKey: z.string(),
  artifactKey: z.string(),
  folds: z
    .strictObject({
      parts: partsSchema,
      models: z.array(z.strictObject({ part: z.int(), artifactKey: z.string() })),
    })
    .nullable(),
  steps: z.int(),
});
const handleSchema = z.strictObject({ job: z.string() });
const artifactSchema = z.strictObject({
  /** Makes each training another. */
  nonce: z.number(),
  labels: z.array(z.string()),
  counts: z.record(z.string(), z.record(z.string(), z.number())),
});

export interface SlowBackEnd {
  readonly trainer: Trainer;
  readonly predictor: Predictor;
  /** Keys of the trainings that were begun, in order; a training that is joined is not begun. */
  readonly begun: readonly string[];
  /** How often it was asked to go on. */
  advances(): number;
}

/**
 * A trainer as a remote one is: it takes several advances, is never twice the same, and fails once. What it knows of
 * its jobs lies in the object store, so any process can go on with them. It counts which words go with which label.
 * @param options.steps advances a training takes
 */
export function slowBackEndOn(objects: ObjectStore, options: { steps: number; fails: boolean }): SlowBackEnd {
  const begun: string[] = [];
  let advances = 0;
  let failing = options.fails;

  const progressOf = (job: string, steps: number): Progress<Artifact> => ({
    status: 'working',
    handle: { job },
    done: steps,
    total: options.steps,
    waitSeconds: 0,
  });

  const trainer: Trainer = {
    name: slowBackEnd,
    tasks: [classification.kind],
    predictors: [slowBackEnd],
    cost: 'dear',
    foldModels: 2,
    configuration: jsonSchema,
    options: z.object({}),
    first: () => [{ rate: 1 }],
    neighbours: () => [{ rate: 2 }, { rate: 3 }],
    learnsFromChampion: () => false,
    async start(key, { datasetKey, artifactKey, folds }) {
      const job = `jobs/${shortDigest(key)}.json`;
      if ((await objects.get(job)) === undefined) {
        begun.push(key);
        await writeJson(objects, job, { datasetKey, artifactKey, folds, steps: 0 });
      }
      return progressOf(job, (await readJson(objects, job, jobSchema)).steps);
    },
    async advance(handle) {
      const { job } = handleSchema.parse(handle);
      const { datasetKey, artifactKey, folds: plan, steps } = await readJson(objects, job, jobSchema);
      advances += 1;
      if (failing) {
        failing = false;
        await objects.delete(job);
        return { status: 'failed', name: 'TrainingFailed', message: 'The machine was taken away.' };
      }
      if (steps + 1 < options.steps) {
        await writeJson(objects, job, { datasetKey, artifactKey, folds: plan, steps: steps + 1 });
        return progressOf(job, steps + 1);
      }
      const examples = await readJsonl(objects, datasetKey, exampleSchema);
      let bytes = 0;
      const train = async (own: readonly Example[], key: string): Promise<Served> => {
        const stored = await storeArtifact(objects, key, new TextEncoder().encode(JSON.stringify(countsOf(own))));
        bytes = stored.bytes;
        return { predictor: slowBackEnd, ref: key, digest: stored.digest };
      };
      const folds = await trainFoldModels(plan, examples, train);
      const served = await train(examples, artifactKey);
      const value = { served, folds, bytes, examples: examples.length, finalLoss: null };
      return { status: 'done', value, usage: noUsage };
    },
  };

  const predictor: Predictor = {
    name: slowBackEnd,
    tasks: [classification.kind],
    ranked: true,
    chunk: 100,
    async predict({ ref }, inputs) {
      const { labels, counts } = await readJson(objects, ref, artifactSchema);
      return inputs.map((input) => {
        const scored = labels.map((label) => ({ label, score: scoreOf(input, label, counts) }));
        const total = scored.reduce((sum, { score }) => sum + score, 0);
        const alternatives = scored
          .map(({ label, score }) => ({ output: labelOutput(label), confidence: score / total }))
          .sort((a, b) => b.confidence - a.confidence)
          .slice(0, 2);
        const [best] = alternatives;
        return best === undefined
          ? { output: null, confidence: 0, alternatives: [] }
          : { output: best.output, confidence: best.confidence, alternatives };
      });
    },
  };
  return { trainer, predictor, begun, advances: () => advances };
}

function countsOf(examples: readonly Example[]): z.infer<typeof artifactSchema> {
  const counts: Record<string, Record<string, number>> = {};
  for (const { input, output, weight } of examples) {
    const label = labelOf(output);
    for (const word of new Set(words(input))) {
      const row = counts[word] ?? {};
      counts[word] = { ...row, [label]: (row[label] ?? 0) + weight };
    }
  }
  const labels = [...new Set(examples.map(({ output }) => labelOf(output)))].sort();
  return { nonce: Math.random(), labels, counts };
}

/** Product over the words of how likely the label is with each (naive Bayes without priors), a little above 0. */
function scoreOf(input: string, label: string, counts: Record<string, Record<string, number>>): number {
  return words(input).reduce((score, word) => {
    const row = counts[word] ?? {};
    const all = Object.values(row).reduce((sum, count) => sum + count, 0);
    return score * (((row[label] ?? 0) + 0.1) / (all + 0.3));
  }, 1);
}
