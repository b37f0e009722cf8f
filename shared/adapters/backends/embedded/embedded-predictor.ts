import { RatchetError } from '../../../domain/base/errors.ts';
import type { Prediction, Predictor } from '../../../ports/predictor.ts';
import { labelOf, labelOutput } from '../../../tasks/classification/label.ts';
import { explainByOcclusion } from '../explain-by-occlusion.ts';
import type { EmbeddedRuntime, HeldArtifact } from './embedded-runtime.ts';
import { embeddedPredictorFacts } from './facts.ts';
import { maxFeatureCharacters } from './text-features.ts';
import type { PredictAnswer } from './worker.ts';

const defaultAlternatives = 2;
/** Inputs in one task of a worker. */
const taskInputs = 512;
/** How much of the work on an input is its embedding, for the progress. */
const embeddingWork = 0.9;
const nothing: Prediction = { output: null, confidence: 0, alternatives: [] };

/** Answers with heads that the embedded trainer made. */
export function createEmbeddedPredictor(runtime: EmbeddedRuntime): Predictor & Required<Pick<Predictor, 'explain'>> {
  const predictor: Predictor & Required<Pick<Predictor, 'explain'>> = {
    ...embeddedPredictorFacts,
    async predict(served, inputs, { alternatives = defaultAlternatives, onProgress } = {}) {
      const artifact = await runtime.served(served);
      const top = Math.max(1, Math.min(alternatives, artifact.header.labels.length));
      const predictions: Prediction[] = new Array(inputs.length);
      let done = 0;
      const gain = (inputsMore: number): void => {
        done += inputsMore;
        onProgress?.(Math.min(inputs.length, Math.floor(done + 1e-6)), inputs.length);
      };
      const answer = async (from: number): Promise<void> => {
        const part = inputs.slice(from, from + taskInputs).map(cut);
        let share = 0;
        const { labels, confidences } = await predictPart(runtime, artifact, part, top, (embedded) => {
          gain((embedded * embeddingWork - share) * part.length);
          share = embedded * embeddingWork;
        });
        part.forEach((_, row) => {
          predictions[from + row] = toPrediction(artifact.header.labels, labels, confidences, row * top, top);
        });
        gain((1 - share) * part.length);
      };
      // A few parts at a time: enough for every thread, without copies of all inputs waiting in the queue.
      const begins = Iterator.from(
        Array.from({ length: Math.ceil(inputs.length / taskInputs) }, (_, index) => index * taskInputs),
      );
      const lane = async (): Promise<void> => {
        for (let next = begins.next(); !next.done; next = begins.next()) {
          await answer(next.value);
        }
      };
      await Promise.all(Array.from({ length: runtime.pool.threads + 1 }, lane));
      return predictions;
    },
    async explain(served, input) {
      const { header } = await runtime.served(served);
      return explainByOcclusion({
        input: cut(input),
        key: labelOf,
        predict: (inputs) => predictor.predict(served, inputs, { alternatives: header.labels.length }),
      });
    },
  };
  return predictor;
}

async function predictPart(
  runtime: EmbeddedRuntime,
  artifact: HeldArtifact,
  inputs: readonly string[],
  top: number,
  onEmbedded: (share: number) => void,
): Promise<PredictAnswer> {
  const embeddings =
    artifact.header.foundation === 'none'
      ? null
      : await runtime.embedRows(inputs, artifact.header, (done, total) => onEmbedded(done / total));
  try {
    const { header: _, ...shared } = artifact;
    return await runtime.pool.run('predict', { artifact: shared, inputs, embeddings, top }, 'StorageFailure');
  } catch (error) {
    if (error instanceof RatchetError && error.name === 'CorruptArtifact') {
      runtime.forget(artifact.digest);
    }
    throw error;
  }
}

/** What of an input is sent to a worker: enough for `readableText`, and no more. */
function cut(input: string): string {
  return input.length <= maxFeatureCharacters ? input : input.trimStart().slice(0, maxFeatureCharacters);
}

function toPrediction(
  names: readonly string[],
  labels: Int32Array,
  confidences: Float64Array,
  at: number,
  top: number,
): Prediction {
  if ((labels[at] ?? -1) < 0) {
    return nothing;
  }
  const alternatives = Array.from({ length: top }, (_, rank) => ({
    output: labelOutput(names[labels[at + rank] ?? 0] ?? ''),
    confidence: confidences[at + rank] ?? 0,
  }));
  return { output: alternatives[0]?.output ?? null, confidence: alternatives[0]?.confidence ?? 0, alternatives };
}
