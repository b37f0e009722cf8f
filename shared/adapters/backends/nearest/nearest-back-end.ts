import { LRUCache } from 'lru-cache';
import { RatchetError } from '../../../domain/base/errors.ts';
import { isHeldOut } from '../../../domain/evaluation/fold.ts';
import { type Example, exampleSchema } from '../../../domain/models/example.ts';
import type { Served } from '../../../domain/models/served.ts';
import { readJsonl } from '../../../ports/documents.ts';
import { doneAtOnce, type OnProgress } from '../../../ports/long-work.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Predictor } from '../../../ports/predictor.ts';
import type { Artifact, Trainer, TrainingRequest } from '../../../ports/trainer.ts';
import { generation } from '../../../tasks/generation/generation.ts';
import { checkDigest } from '../embedded/artifact.ts';
import { storeArtifact } from '../store-artifact.ts';
import { nearestBackEnd, nearestConfigurationSchema, nearestPredictorFacts, nearestTrainerFacts } from './facts.ts';
import { Memory, memorySchema } from './memory.ts';

/** A model and its fold models are asked side by side. */
const memoriesKept = 24;

/** A generator that needs no language model: it answers as the most similar example was to be answered. */
export function createNearestBackEnd(objects: ObjectStore): {
  readonly trainer: Trainer;
  readonly predictor: Predictor;
} {
  const memories = new LRUCache<string, Memory>({ max: memoriesKept });
  const memoryOf = async ({ ref, digest }: Served): Promise<Memory> => {
    const known = memories.get(`${ref} ${digest}`);
    if (known !== undefined) return known;
    const bytes = await objects.get(ref);
    if (bytes === undefined) throw new RatchetError('ObjectMissing', `There is no object ${ref}.`);
    if (digest === null) throw new RatchetError('CorruptArtifact', `Artifact ${ref} has no digest on record.`);
    checkDigest(bytes, digest, ref);
    const memory = new Memory(memorySchema.parse(JSON.parse(new TextDecoder().decode(bytes))));
    memories.set(`${ref} ${digest}`, memory);
    return memory;
  };
  return {
    trainer: {
      ...nearestTrainerFacts,
      ...doneAtOnce((request, _key, onProgress) => train(request, objects, onProgress)),
    },
    predictor: {
      ...nearestPredictorFacts,
      async predict(served, inputs, { alternatives = 2, onProgress } = {}) {
        const memory = await memoryOf(served);
        const answers = inputs.map((input) => memory.answer(input, alternatives));
        onProgress?.(inputs.length, inputs.length);
        return answers;
      },
    },
  };
}

async function train(request: TrainingRequest, objects: ObjectStore, onProgress?: OnProgress): Promise<Artifact> {
  if (request.task.kind !== generation.kind) {
    throw new RatchetError('InvalidInput', `Back end ${nearestBackEnd} does not train ${request.task.kind}.`);
  }
  const { neighbours } = nearestConfigurationSchema.parse(request.configuration);
  const examples = await readJsonl(objects, request.datasetKey, exampleSchema).catch((error: unknown) => {
    if (error instanceof RatchetError && error.name !== 'InvalidInput' && error.name !== 'CorruptArtifact') throw error;
    throw new RatchetError('InvalidInput', `${request.datasetKey} is no dataset.`, { cause: error });
  });
  if (examples.length === 0) throw new RatchetError('InvalidInput', 'The dataset is empty.');
  const remember = async (own: readonly Example[], key: string) => {
    const file = { neighbours, examples: own.map(({ input, output, weight }) => ({ input, output, weight })) };
    const stored = await storeArtifact(objects, key, new TextEncoder().encode(JSON.stringify(file)));
    return { served: { predictor: nearestBackEnd, ref: key, digest: stored.digest }, bytes: stored.bytes };
  };
  const { folds } = request;
  const models: (Served | null)[] = Array.from({ length: folds?.parts ?? 0 }, () => null);
  for (const { part, artifactKey } of folds?.models ?? []) {
    const own = examples.filter((example) => !isHeldOut(example.folds, part, folds?.parts ?? 10));
    models[part] = (await remember(own, artifactKey)).served;
  }
  const { served, bytes } = await remember(examples, request.artifactKey);
  onProgress?.(1, 1);
  return {
    served,
    folds: folds === null ? null : { parts: folds.parts, models },
    bytes,
    examples: examples.length,
    finalLoss: null,
  };
}
