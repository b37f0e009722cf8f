import { RatchetError } from '../../../domain/base/errors.ts';
import { isHeldOut } from '../../../domain/evaluation/fold.ts';
import { FeatureVocabulary } from '../embedded/feature-vocabulary.ts';
import { seededRandom, shuffle } from '../embedded/random-order.ts';
import type { HeldOutPart } from '../embedded/training-rows.ts';
import { fitCrf, type TaggedRows, weightMap } from './crf.ts';
import { Lexicon } from './lexicon.ts';
import { stateCount } from './states.ts';
import type { TaggerConfiguration } from './tagger-configuration.ts';
import { readTaggerDataset, type TokenizedExample, tagsOf } from './tagger-examples.ts';
import type { TaggerModel } from './tagger-model.ts';
import { readFeatures } from './token-features.ts';

export interface TaggerFitRequest {
  readonly dataset: Uint8Array;
  /** All types of entities of the task. */
  readonly labels: readonly string[];
  readonly configuration: TaggerConfiguration;
  readonly seed: number;
  readonly heldOut: HeldOutPart | null;
  readonly onProgress: (done: number, total: number) => void;
}

export interface FittedTagger {
  readonly model: TaggerModel;
  readonly examples: number;
  readonly finalLoss: number;
}

/**
 * Fits a tagger to the examples that its part does not hold out. Deterministic.
 * @throws RatchetError InvalidInput for a type that the task does not know
 */
export function fitTagger(request: TaggerFitRequest): FittedTagger {
  const { heldOut, labels, configuration, seed, onProgress } = request;
  const all = readTaggerDataset(request.dataset);
  checkTypes(all, labels);
  const examples = all.filter(({ folds }) => heldOut === null || !isHeldOut(folds, heldOut.part, heldOut.parts));
  const named = new Set(examples.flatMap(({ entities }) => entities.map(({ label }) => label)));
  const types = labels.filter((label) => named.has(label));
  const { rows, vocabulary, lexicon } = rowsOf(examples, types);
  const states = stateCount(types.length);
  const map = weightMap(rows, vocabulary.size);
  const random = seededRandom(seed);
  let finalLoss = 0;
  const weights = fitCrf(rows, map, states, {
    epochs: configuration.epochs,
    l2: configuration.l2,
    rate: configuration.learningRate,
    wordDropout: configuration.wordDropout,
    random,
    order: (texts) => shuffle(texts, random),
    onEpoch: (done, total, loss) => {
      finalLoss = loss;
      onProgress(done, total);
    },
  });
  return {
    model: { types, vocabulary, map, weights, lexicon, threshold: configuration.threshold },
    examples: examples.length,
    finalLoss,
  };
}

function rowsOf(
  examples: readonly TokenizedExample[],
  types: readonly string[],
): { readonly rows: TaggedRows; readonly vocabulary: FeatureVocabulary; readonly lexicon: Lexicon } {
  const places = new Map(types.map((type, place) => [type, place]));
  const tags = examples.map((example) => tagsOf(example, places));
  const lexicon = new Lexicon();
  examples.forEach(({ text, tokens }, index) => {
    lexicon.add(text, tokens, tags[index] ?? []);
  });
  const vocabulary = new FeatureVocabulary();
  const starts = new Int32Array(examples.length + 1);
  const featureStarts = [0];
  const wordEnds: number[] = [];
  const features: number[] = [];
  examples.forEach(({ text, tokens }, index) => {
    starts[index + 1] = (starts[index] ?? 0) + tokens.length;
    const marks = lexicon.marks(text, tokens, tags[index] ?? []);
    const offset = starts[index] ?? 0;
    readFeatures(
      text,
      tokens,
      marks,
      (token, low, high) => {
        features.push(vocabulary.findOrAdd(low, high));
        featureStarts[offset + token + 1] = features.length;
      },
      () => wordEnds.push(features.length),
    );
  });
  const flat = new Uint16Array(starts.at(-1) ?? 0);
  tags.forEach((each, index) => {
    flat.set(each, starts[index]);
  });
  return {
    rows: {
      starts,
      featureStarts: Int32Array.from(featureStarts),
      wordEnds: Int32Array.from(wordEnds),
      features: Int32Array.from(features),
      tags: flat,
      weights: Float64Array.from(examples, ({ weight }) => weight),
    },
    vocabulary,
    lexicon,
  };
}

function checkTypes(examples: readonly TokenizedExample[], labels: readonly string[]): void {
  const known = new Set(labels);
  for (const { entities } of examples) {
    const wrong = entities.find(({ label }) => !known.has(label));
    if (wrong !== undefined) {
      throw new RatchetError(
        'InvalidInput',
        `The dataset has an entity of type ${JSON.stringify(wrong.label.slice(0, 80))}, which the task does not have.`,
      );
    }
  }
}
