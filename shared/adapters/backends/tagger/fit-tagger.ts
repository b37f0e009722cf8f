import { RatchetError } from '../../../domain/base/errors.ts';
import { isHeldOut } from '../../../domain/evaluation/fold.ts';
import type { Entity } from '../../../tasks/extraction/entity.ts';
import type { ExtractionSpec } from '../../../tasks/extraction/extraction-spec.ts';
import { FeatureVocabulary } from '../embedded/feature-vocabulary.ts';
import { seededRandom, shuffle } from '../embedded/random-order.ts';
import type { HeldOutPart } from '../embedded/training-rows.ts';
import { fitCrf, type TaggedRows, weightMap } from './crf.ts';
import { cutRows } from './cut-rows.ts';
import { layersOf, placedIn } from './entity-layers.ts';
import { entitiesIn, Lexicon, type TaggedEntity } from './lexicon.ts';
import { inOrder, meetings } from './meeting-entities.ts';
import { stateCount } from './states.ts';
import type { TaggerConfiguration } from './tagger-configuration.ts';
import { readTaggerDataset, type TokenizedExample, tagsOf } from './tagger-examples.ts';
import type { TaggerLayer, TaggerModel } from './tagger-model.ts';
import { readFeatures } from './token-features.ts';
import { tokensOf } from './tokens.ts';
import { needsWordCuts } from './word-cuts.ts';

export interface TaggerFitRequest {
  readonly dataset: Uint8Array;
  /** All types of entities of the task. */
  readonly labels: readonly string[];
  readonly overlaps: ExtractionSpec['overlaps'];
  readonly configuration: TaggerConfiguration;
  readonly seed: number;
  readonly heldOut: HeldOutPart | null;
  readonly onProgress: (done: number, total: number) => void;
}

export interface FittedTagger {
  readonly model: TaggerModel;
  readonly examples: number;
  /** Mean negative log-likelihood a text in the last epoch, in nats; of several layers their sum. */
  readonly finalLoss: number;
}

/**
 * Fits a tagger to the examples that its part does not hold out. Deterministic.
 * @throws RatchetError InvalidInput for a type that the task does not know
 */
export function fitTagger(request: TaggerFitRequest): FittedTagger {
  const { heldOut, labels, configuration, seed, onProgress } = request;
  const all = readTaggerDataset(request.dataset, request.overlaps);
  checkTypes(all, labels);
  const own = all.filter(({ folds }) => heldOut === null || !isHeldOut(folds, heldOut.part, heldOut.parts));
  const cutsWords = needsWordCuts(own);
  const examples = cutsWords ? own.map((one) => ({ ...one, tokens: tokensOf(one.text, true) })) : own;
  const ranks = layersOf(examples.map(({ entities }) => entities));
  const placed = examples.map(({ entities }) => placedIn(ranks, entities));
  const learnt = new Set(placed.flat(2).map(({ label }) => label));
  const types = labels.filter((label) => learnt.has(label));
  const layers = ranks.map((layer, at) => {
    const present = layer.map(({ label }) => types.indexOf(label)).filter((type) => type >= 0);
    present.sort((a, b) => a - b);
    const places = new Map(present.map((type, place) => [types[type] ?? '', place]));
    const tags = examples.map(({ tokens }, index) => tagsOf({ tokens, entities: placed[index]?.[at] ?? [] }, places));
    return { types: present, tags };
  });
  const { rows, vocabulary, lexicon } = rowsOf(
    examples,
    examples.map((_, index) =>
      layers.flatMap((layer) =>
        entitiesIn(layer.tags[index] ?? []).map((one) => ({ ...one, type: layer.types[one.type] ?? 0 })),
      ),
    ),
  );
  const random = seededRandom(seed);
  let finalLoss = 0;
  const fitted = layers.map(({ types: named, tags }, at): TaggerLayer => {
    const tagged = cutRows({ ...rows, tags: flat(tags, rows.starts) });
    const pieces = tagged.weights.length / examples.length;
    const map = weightMap(tagged, vocabulary.size);
    let loss = 0;
    const weights = fitCrf(tagged, map, stateCount(named.length), {
      epochs: configuration.epochs,
      l2: configuration.l2,
      rate: configuration.learningRate,
      wordDropout: configuration.wordDropout,
      random,
      order: (texts) => shuffle(texts, random),
      onEpoch: (done, total, mean) => {
        loss = mean * pieces;
        onProgress(at * total + done, layers.length * total);
      },
    });
    finalLoss += loss;
    return { types: named, map, weights };
  });
  const { threshold } = configuration;
  const overlapping = overlappingTypes(placed, types);
  return {
    model: { types, vocabulary, lexicon, threshold, cutsWords, layers: fitted, overlapping },
    examples: examples.length,
    finalLoss,
  };
}

/** @param named the entities of each example, of all layers */
function rowsOf(
  examples: readonly TokenizedExample[],
  named: readonly (readonly TaggedEntity[])[],
): { readonly rows: Omit<TaggedRows, 'tags'>; readonly vocabulary: FeatureVocabulary; readonly lexicon: Lexicon } {
  const lexicon = new Lexicon();
  examples.forEach(({ text, tokens }, index) => {
    lexicon.add(text, tokens, named[index] ?? []);
  });
  const vocabulary = new FeatureVocabulary();
  const starts = new Int32Array(examples.length + 1);
  const featureStarts = [0];
  const wordEnds: number[] = [];
  const features: number[] = [];
  examples.forEach(({ text, tokens }, index) => {
    starts[index + 1] = (starts[index] ?? 0) + tokens.length;
    const marks = lexicon.marks(text, tokens, named[index] ?? []);
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
  return {
    rows: {
      starts,
      featureStarts: Int32Array.from(featureStarts),
      wordEnds: Int32Array.from(wordEnds),
      features: Int32Array.from(features),
      weights: Float64Array.from(examples, ({ weight }) => weight),
    },
    vocabulary,
    lexicon,
  };
}

/** The tags of all texts in one. */
function flat(tags: readonly Uint16Array[], starts: Int32Array): Uint16Array {
  const all = new Uint16Array(starts.at(-1) ?? 0);
  tags.forEach((each, index) => {
    all.set(each, starts[index]);
  });
  return all;
}

/** The types whose entities share characters in the examples, as {@link TaggerModel} has them. */
function overlappingTypes(placed: readonly (readonly Entity[][])[], types: readonly string[]): [number, number][] {
  const pairs = new Map<string, [number, number]>();
  for (const layers of placed) {
    if (layers.length < 2) continue;
    for (const [first, second] of meetings(layers.flat().sort(inOrder))) {
      const pair: [number, number] = [types.indexOf(first.label), types.indexOf(second.label)];
      pairs.set(pair.join(' '), pair);
    }
  }
  return [...pairs.values()].sort(([a, b], [c, d]) => a - c || b - d);
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
