import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import { vocabularyOf } from '../embedded/feature-vocabulary.ts';
import { Lexicon } from './lexicon.ts';
import { stateCount } from './states.ts';
import type { TaggerModel } from './tagger-model.ts';
import { featureVersion } from './token-features.ts';

const magic = 'RATCHTAG';
/**
 * The format of a tagger of one layer that cuts no words, and that of any. Raise them whenever the meaning of a block or of a
 * header field changes.
 */
const plain = 1;
const general = 2;
const prefixBytes = 16;
const blockAlignment = 8;

const common = {
  features: z.literal(featureVersion),
  types: z.array(z.string()),
  threshold: z.number(),
  featureCount: z.int().nonnegative(),
};
const lexiconSchema = z.array(z.tuple([z.string(), z.array(z.tuple([z.int(), z.int()]))]));

const plainSchema = z.strictObject({ ...common, weightCount: z.int().nonnegative(), lexicon: lexiconSchema });

const placeSchema = z.int().nonnegative();
const generalSchema = z
  .strictObject({
    ...common,
    cutsWords: z.boolean(),
    layers: z.array(z.strictObject({ types: z.array(placeSchema), weightCount: z.int().nonnegative() })).min(1),
    overlapping: z.array(z.tuple([placeSchema, placeSchema])),
    lexicon: lexiconSchema,
  })
  .refine(({ types, layers, overlapping }) =>
    [layers.map((layer) => layer.types), overlapping].flat(2).every((place) => place < types.length),
  );
type Header = z.infer<typeof generalSchema>;

/**
 * One binary object, little-endian: 8 bytes of magic, the version and the length of the header as unsigned 32-bit
 * integers, the header as JSON, then low and high halves of the features' hashes and, of each layer, where each one's
 * weights begin, the states of the weights, the weights, the transitions and the starts, each at a multiple of 8.
 */
export function encodeTagger(model: TaggerModel): Uint8Array<ArrayBuffer> {
  const { vocabulary, layers } = model;
  const header = new TextEncoder().encode(JSON.stringify(headerFor(model)));
  const { low, high } = vocabulary.keys();
  const blocks = [
    low,
    high,
    ...layers.flatMap(({ map, weights }) => [
      map.starts,
      map.states,
      Float32Array.from(weights.features),
      Float32Array.from(weights.transitions),
      Float32Array.from(weights.starts),
    ]),
  ];
  let size = aligned(prefixBytes + header.length);
  const begins = blocks.map(({ byteLength }) => {
    const begin = size;
    size = aligned(size + byteLength);
    return begin;
  });
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(magic));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, isPlain(model) ? plain : general, true);
  view.setUint32(12, header.length, true);
  bytes.set(header, prefixBytes);
  blocks.forEach(({ buffer, byteOffset, byteLength }, index) => {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), begins[index]);
  });
  return bytes;
}

function isPlain({ layers, cutsWords }: TaggerModel): boolean {
  return layers.length === 1 && !cutsWords;
}

function headerFor(model: TaggerModel): z.infer<typeof plainSchema> | Header {
  const { types, threshold, vocabulary, cutsWords, layers, overlapping } = model;
  const features: typeof featureVersion = featureVersion;
  const head = { features, types: [...types], threshold, featureCount: vocabulary.size };
  const lexicon = model.lexicon.entries();
  if (isPlain(model)) return { ...head, weightCount: layers[0]?.map.states.length ?? 0, lexicon };
  return {
    ...head,
    cutsWords,
    layers: layers.map((layer) => ({ types: [...layer.types], weightCount: layer.map.states.length })),
    overlapping: overlapping.map(([one, other]) => [one, other]),
    lexicon,
  };
}

/**
 * @param shared the artifact's bytes; they are copied
 * @param ref what the message names
 * @throws RatchetError CorruptArtifact
 */
export function decodeTagger(shared: Uint8Array, ref: string | null = null): TaggerModel {
  const bytes = shared.slice();
  if (bytes.length < prefixBytes || new TextDecoder('latin1').decode(bytes.subarray(0, 8)) !== magic) {
    throw corrupt(ref, 'it does not begin as one');
  }
  const view = new DataView(bytes.buffer);
  const version = view.getUint32(8, true);
  if (version !== plain && version !== general) {
    throw corrupt(ref, `it has version ${version}, this program reads up to ${general}`);
  }
  const end = prefixBytes + view.getUint32(12, true);
  if (end > bytes.length) throw corrupt(ref, 'it is cut short');
  const header = headerOf(bytes.subarray(prefixBytes, end), version, ref);
  const { types, threshold, featureCount, cutsWords, overlapping } = header;
  let at = aligned(end);
  const block = (elements: number, width: number): number => {
    const begin = at;
    at = aligned(at + elements * width);
    return begin;
  };
  const low = block(featureCount, 4);
  const high = block(featureCount, 4);
  const layers = header.layers.map((layer) => {
    const states = stateCount(layer.types.length);
    return {
      ...layer,
      states,
      begins: [
        block(featureCount + 1, 4),
        block(layer.weightCount, 2),
        block(layer.weightCount, 4),
        block(states * states, 4),
        block(states, 4),
      ],
    };
  });
  if (at !== bytes.length) throw corrupt(ref, 'its length does not fit its header');
  const { buffer } = bytes;
  return {
    types,
    threshold,
    cutsWords,
    overlapping,
    lexicon: Lexicon.from(header.lexicon),
    vocabulary: vocabularyOf(new Uint32Array(buffer, low, featureCount), new Uint32Array(buffer, high, featureCount)),
    layers: layers.map(({ types: own, weightCount, states, begins }) => {
      const [starts = 0, mapStates = 0, weights = 0, transitions = 0, first = 0] = begins;
      return {
        types: own,
        map: {
          starts: new Int32Array(buffer, starts, featureCount + 1),
          states: new Uint16Array(buffer, mapStates, weightCount),
        },
        weights: {
          features: Float64Array.from(new Float32Array(buffer, weights, weightCount)),
          transitions: Float64Array.from(new Float32Array(buffer, transitions, states * states)),
          starts: Float64Array.from(new Float32Array(buffer, first, states)),
        },
      };
    }),
  };
}

/** A header as the general format has it. */
function headerOf(bytes: Uint8Array, version: number, ref: string | null): Header {
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (version === general) return generalSchema.parse(header);
    const { weightCount, ...rest } = plainSchema.parse(header);
    const layers = [{ types: rest.types.map((_, type) => type), weightCount }];
    return { ...rest, cutsWords: false, layers, overlapping: [] };
  } catch (cause) {
    throw corrupt(ref, 'its header is not valid', cause);
  }
}

function aligned(size: number): number {
  return Math.ceil(size / blockAlignment) * blockAlignment;
}

function corrupt(ref: string | null, why: string, cause?: unknown): RatchetError {
  const what = ref === null ? 'This' : `Artifact ${ref}`;
  return new RatchetError('CorruptArtifact', `${what} is not readable as one of the tagger: ${why}.`, { cause });
}
