import { RatchetError } from '../../../domain/base/errors.ts';
import type { Prediction, Predictor } from '../../../ports/predictor.ts';
import { type Entity, entitiesOf, entitiesOutput } from '../../../tasks/extraction/entity.ts';
import type { EmbeddedRuntime } from '../embedded/embedded-runtime.ts';
import { explainEntities } from './explain-entities.ts';
import { taggerPredictorFacts } from './facts.ts';
import type { TaggedText } from './tag-texts.ts';

/** Inputs in one task of a worker. */
const taskInputs = 256;

/** Answers with taggers that the tagger's trainer made. */
export function createTaggerPredictor(runtime: EmbeddedRuntime): Predictor & Required<Pick<Predictor, 'explainParts'>> {
  const predictor: Predictor & Required<Pick<Predictor, 'explainParts'>> = {
    ...taggerPredictorFacts,
    async predict({ ref, digest }, inputs, { onProgress, weighed } = {}) {
      if (digest === null) throw new RatchetError('CorruptArtifact', `Artifact ${ref} has no digest on record.`);
      const artifact = { bytes: await runtime.tagger(ref, digest), ref, digest };
      const predictions: Prediction[] = new Array(inputs.length);
      let done = 0;
      const begins = Iterator.from(
        Array.from({ length: Math.ceil(inputs.length / taskInputs) }, (_, index) => index * taskInputs),
      );
      const lane = async (): Promise<void> => {
        for (let next = begins.next(); !next.done; next = begins.next()) {
          const from = next.value;
          const part = inputs.slice(from, from + taskInputs);
          const asked =
            weighed === undefined ? null : part.map((_, index) => entitiesOf(weighed[from + index] ?? null));
          const tagged = await runtime.pool.run('tag', { artifact, inputs: part, weighed: asked }, 'StorageFailure');
          tagged.forEach((one, index) => {
            predictions[from + index] = toPrediction(one);
          });
          done += part.length;
          onProgress?.(done, inputs.length);
        }
      };
      try {
        await Promise.all(Array.from({ length: runtime.pool.threads + 1 }, lane));
      } catch (error) {
        if (error instanceof RatchetError && error.name === 'CorruptArtifact') runtime.forgetTagger(digest);
        throw error;
      }
      return predictions;
    },
    async explainParts(served, input, right) {
      const { ref, digest } = served;
      const [answer] = await predictor.predict(served, [input]);
      if (digest === null || answer === undefined || answer.output === null) return [];
      const artifact = { bytes: await runtime.tagger(ref, digest), ref, digest };
      return explainEntities({
        input,
        answered: entitiesOf(answer.output),
        right: entitiesOf(right),
        chances: (inputs, entity) => runtime.pool.run('chances', { artifact, inputs, entity }, 'StorageFailure'),
      });
    },
  };
  return predictor;
}

function toPrediction(tagged: TaggedText | null): Prediction {
  if (tagged === null) return { output: null, confidence: 0, alternatives: [] };
  const output = entitiesOutput(tagged.entities);
  return {
    output,
    confidence: tagged.confidence,
    alternatives: [{ output, confidence: tagged.confidence }],
    ...(tagged.possible === undefined ? {} : { parts: tagged.possible.map(toPart) }),
  };
}

function toPart(entity: Entity): (Prediction['parts'] & {})[number] {
  return { output: entitiesOutput([entity]), confidence: entity.confidence ?? 0 };
}
