import { RatchetError } from '../../../domain/base/errors.ts';
import { asOutput } from '../../../domain/base/output.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { Prediction, Predictor } from '../../../ports/predictor.ts';
import type { WarmPrediction, WarmProcess } from './warm-process.ts';

export interface LocalJobPredictorOptions {
  readonly facts: Omit<Predictor, 'predict'>;
  readonly objects: ObjectStore;
  readonly process: WarmProcess;
}

/** Alternatives where nobody says how many. */
const usualAlternatives = 2;

/** Answers with what training jobs made, by a process that keeps models loaded. */
export function createLocalJobPredictor({ facts, objects, process }: LocalJobPredictorOptions): Predictor {
  return {
    ...facts,
    async predict({ ref, digest }, inputs, { alternatives = usualAlternatives, onProgress } = {}) {
      if (digest === null) throw new RatchetError('CorruptArtifact', `Artifact ${ref} has no digest on record.`);
      if (inputs.length === 0) return [];
      const answers = await objects.withLocalFile(ref, (path) =>
        process.ask({ artifact: { path, sha256: digest }, inputs, alternatives }, (done) =>
          onProgress?.(done, inputs.length),
        ),
      );
      return answers.map(toPrediction);
    },
  };
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
