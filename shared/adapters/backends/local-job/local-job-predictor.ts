import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import { asOutput } from '../../../domain/base/output.ts';
import type { Served } from '../../../domain/models/served.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Prediction, Predictor } from '../../../ports/predictor.ts';
import type { JobBackEnd } from '../jobs/job-back-ends.ts';
import { fileOfArchive } from './file-of-archive.ts';
import type { WarmPrediction, WarmProcess } from './warm-process.ts';

export interface LocalJobPredictorOptions {
  readonly facts: Omit<Predictor, 'predict'>;
  readonly objects: ObjectStore;
  readonly process: WarmProcess;
  /** See `JobBackEnd`; absent where answers cost nothing. */
  readonly mostAnswersUsd?: JobBackEnd['mostAnswersUsd'];
}

/** Alternatives where nobody says how many. */
const usualAlternatives = 2;

/** Answers with what training jobs made, by a process that keeps models loaded. */
export function createLocalJobPredictor({
  facts,
  objects,
  process,
  mostAnswersUsd,
}: LocalJobPredictorOptions): Predictor {
  const known = new Map<string, Promise<unknown>>();
  const aboutOf = ({ ref }: Served): Promise<unknown> => {
    const about = known.get(ref) ?? readAbout(ref, objects);
    known.set(ref, about);
    about.catch(() => known.delete(ref));
    return about;
  };
  return {
    ...facts,
    ...(mostAnswersUsd === undefined
      ? {}
      : {
          mostCost: async (served: Served, inputs: readonly string[]) => {
            const about = await aboutOf(served);
            try {
              return mostAnswersUsd(about, inputs);
            } catch (error) {
              if (error instanceof z.ZodError) throw unreadable(served.ref);
              throw error;
            }
          },
        }),
    async predict({ ref, digest }, inputs, { alternatives = usualAlternatives, onProgress, onUsage } = {}) {
      if (digest === null) throw new RatchetError('CorruptArtifact', `Artifact ${ref} has no digest on record.`);
      if (inputs.length === 0) return [];
      const { predictions, usage } = await objects.withLocalFile(ref, (path) =>
        process.ask({ artifact: { path, sha256: digest }, inputs, alternatives }, (done) =>
          onProgress?.(done, inputs.length),
        ),
      );
      if (usage !== null) onUsage?.(usage);
      return predictions.map(toPrediction);
    },
  };
}

/** What an artifact says of itself. @throws RatchetError ObjectMissing, CorruptArtifact */
async function readAbout(ref: string, objects: ObjectStore): Promise<unknown> {
  try {
    const written = await objects.withLocalFile(ref, (path) => fileOfArchive(path, 'artifact.json'));
    if (written !== null) return JSON.parse(new TextDecoder().decode(written));
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
  }
  throw unreadable(ref);
}

function unreadable(ref: string): RatchetError {
  return new RatchetError('CorruptArtifact', `Artifact ${ref} does not say what it is.`);
}

function toPrediction({ output, confidence, alternatives }: WarmPrediction): Prediction {
  return {
    output: output === null ? null : asOutput(output),
    confidence,
    alternatives: alternatives.flatMap((one) =>
      one.output === null ? [] : [{ output: asOutput(one.output), confidence: one.confidence }],
    ),
  };
}
