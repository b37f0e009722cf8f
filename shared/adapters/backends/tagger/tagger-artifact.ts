import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import { vocabularyOf } from '../embedded/feature-vocabulary.ts';
import { Lexicon } from './lexicon.ts';
import { stateCount } from './states.ts';
import type { TaggerModel } from './tagger-model.ts';
import { featureVersion } from './token-features.ts';

const magic = 'RATCHTAG';
/** Raise it whenever the meaning of a block or of a header field changes. */
const artifactVersion = 1;
const prefixBytes = 16;
const blockAlignment = 8;

const headerSchema = z.strictObject({
  features: z.literal(featureVersion),
  types: z.array(z.string()),
  threshold: z.number(),
  featureCount: z.int().nonnegative(),
  weightCount: z.int().nonnegative(),
  lexicon: z.array(z.tuple([z.string(), z.array(z.tuple([z.int(), z.int()]))])),
});

/**
 * One binary object, little-endian: 8 bytes of magic, the version and the length of the header as unsigned 32-bit
 * integers, the header as JSON, then low and high halves of the features' hashes, where each one's weights begin, the
 * states of the weights, the weights, the transitions and the starts, each at a multiple of 8.
 */
export function encodeTagger({
  types,
  vocabulary,
  map,
  weights,
  lexicon,
  threshold,
}: TaggerModel): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(
    JSON.stringify({
      features: featureVersion,
      types: [...types],
      threshold,
      featureCount: vocabulary.size,
      weightCount: map.states.length,
      lexicon: lexicon.entries(),
    } satisfies z.infer<typeof headerSchema>),
  );
  const { low, high } = vocabulary.keys();
  const blocks = [
    low,
    high,
    map.starts,
    map.states,
    Float32Array.from(weights.features),
    Float32Array.from(weights.transitions),
    Float32Array.from(weights.starts),
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
  view.setUint32(8, artifactVersion, true);
  view.setUint32(12, header.length, true);
  bytes.set(header, prefixBytes);
  blocks.forEach(({ buffer, byteOffset, byteLength }, index) => {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), begins[index]);
  });
  return bytes;
}

/** @param shared the artifact's bytes; they are copied. @throws RatchetError CorruptArtifact */
export function decodeTagger(shared: Uint8Array): TaggerModel {
  const bytes = shared.slice();
  if (bytes.length < prefixBytes || new TextDecoder('latin1').decode(bytes.subarray(0, 8)) !== magic) {
    throw corrupt('it does not begin as one');
  }
  const view = new DataView(bytes.buffer);
  const version = view.getUint32(8, true);
  if (version !== artifactVersion) throw corrupt(`it has version ${version}, this program reads ${artifactVersion}`);
  const end = prefixBytes + view.getUint32(12, true);
  if (end > bytes.length) throw corrupt('it is cut short');
  const { types, threshold, featureCount, weightCount, lexicon } = headerOf(bytes.subarray(prefixBytes, end));
  const states = stateCount(types.length);
  let at = aligned(end);
  const block = (elements: number, width: number): number => {
    const begin = at;
    at = aligned(at + elements * width);
    return begin;
  };
  const begins = [
    block(featureCount, 4),
    block(featureCount, 4),
    block(featureCount + 1, 4),
    block(weightCount, 2),
    block(weightCount, 4),
    block(states * states, 4),
    block(states, 4),
  ];
  if (at !== bytes.length) throw corrupt('its length does not fit its header');
  const { buffer } = bytes;
  const [low = 0, high = 0, starts = 0, mapStates = 0, weights = 0, transitions = 0, first = 0] = begins;
  return {
    types,
    threshold,
    lexicon: Lexicon.from(lexicon),
    vocabulary: vocabularyOf(new Uint32Array(buffer, low, featureCount), new Uint32Array(buffer, high, featureCount)),
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
}

function headerOf(bytes: Uint8Array): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw corrupt('its header is not valid', cause);
  }
}

function aligned(size: number): number {
  return Math.ceil(size / blockAlignment) * blockAlignment;
}

function corrupt(why: string, cause?: unknown): RatchetError {
  return new RatchetError('CorruptArtifact', `This is not a readable artifact of the tagger: ${why}.`, { cause });
}
