import { createHash } from 'node:crypto';
import { z } from 'zod';
import { partsSchema } from '../../../domain/evaluation/fold.ts';
import type { Served } from '../../../domain/models/served.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Artifact, TrainingRequest } from '../../../ports/trainer.ts';
import { wantedModels } from './job-of.ts';

/** What is kept of a request, to tell what came of it also when the job's own files are gone. */
export const jobNoteSchema = z.strictObject({
  artifactKey: z.string(),
  predictor: z.string(),
  folds: z
    .strictObject({
      parts: partsSchema,
      models: z.array(z.strictObject({ part: z.int(), artifactKey: z.string() })),
    })
    .nullable(),
  examples: z.int(),
  finalLoss: z.number().nullable(),
});
export type JobNote = z.infer<typeof jobNoteSchema>;

/** What is to be kept of a request. @param dataset the bytes of its dataset, a line for each example */
export function noteOf({ artifactKey, predictor, folds }: TrainingRequest, dataset: Uint8Array): JobNote {
  return {
    artifactKey,
    predictor,
    folds: folds === null ? null : { parts: folds.parts, models: folds.models.map((one) => ({ ...one })) },
    examples: linesOf(dataset),
    finalLoss: null,
  };
}

/** Where the artifacts of a job belong, by the names of its models. */
export function artifactKeys({ artifactKey, folds }: JobNote): ReadonlyMap<string, string> {
  return new Map([
    ['served', artifactKey],
    ...(folds?.models ?? []).map(({ part, artifactKey: key }) => [`part-${part}`, key] as const),
  ]);
}

/** The models of a request that the object store does not have yet. */
export async function missingModels(request: TrainingRequest, objects: ObjectStore) {
  const wanted = wantedModels(request);
  const stored = await Promise.all(wanted.map(({ artifactKey }) => objects.get(artifactKey)));
  return wanted.filter((_, at) => stored[at] === undefined);
}

/** What the object store has of a training; null where a model of it is missing. */
export async function storedArtifact(note: JobNote, objects: ObjectStore): Promise<Artifact | null> {
  const read = async (ref: string): Promise<{ served: Served; bytes: number } | null> => {
    const bytes = await objects.get(ref);
    if (bytes === undefined) return null;
    const digest = createHash('sha256').update(bytes).digest('hex');
    return { served: { predictor: note.predictor, ref, digest }, bytes: bytes.length };
  };
  const whole = await read(note.artifactKey);
  if (whole === null) return null;
  const models: (Served | null)[] = Array.from({ length: note.folds?.parts ?? 0 }, () => null);
  for (const { part, artifactKey } of note.folds?.models ?? []) {
    const model = await read(artifactKey);
    if (model === null) return null;
    models[part] = model.served;
  }
  return {
    ...whole,
    folds: note.folds === null ? null : { parts: note.folds.parts, models },
    examples: note.examples,
    finalLoss: note.finalLoss,
  };
}

function linesOf(dataset: Uint8Array): number {
  const newline = 10;
  return dataset.reduce((lines, byte) => (byte === newline ? lines + 1 : lines), 0);
}
