import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RatchetError } from '../../../domain/base/errors.ts';
import { foundationSchema } from './embedded-configuration.ts';
import { encoderSchema } from './foundations/encoder.ts';
import { roundUp } from './kernels.ts';

const magic = 'RATCHET\u0001';
/** Raise it whenever the meaning of a block or of a header field changes, the features' definition included. */
export const artifactVersion = 1;
const prefixBytes = 16;
const blockAlignment = 8;

const headerSchema = z.strictObject({
  foundation: foundationSchema,
  /** Of the foundation, where it is one of one's own. */
  encoder: encoderSchema.exactOptional(),
  /** All labels of the task. */
  labels: z.array(z.string()).min(1),
  /** Columns of the weights: positions in `labels` of those that had examples. */
  classes: z.array(z.int().nonnegative()).min(1),
  sparseFeatures: z.int().nonnegative(),
  denseWidth: z.int().nonnegative(),
  /** Scores are divided by it before the softmax. */
  temperature: z.number().positive(),
});
export type ArtifactHeader = z.infer<typeof headerSchema>;

/** A trained head with its vocabulary. Weight rows have one value a class. */
export interface HeadArtifact {
  readonly header: ArtifactHeader;
  /** Hash halves of the n-grams, by feature. */
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly idf: Float32Array;
  /** A sparse feature's weights are its row of `sparseWeights`, times its scale. */
  readonly sparseScales: Float32Array;
  readonly sparseWeights: Int8Array;
  /** Rows of the dense features, then of the constant 1. */
  readonly denseWeights: Float32Array;
}

/**
 * One binary object, little-endian: 8 bytes of magic, the version and the length of the header as unsigned 32-bit
 * integers, the header as JSON, then the blocks in the order of {@link blockLengths}, each beginning at a multiple of
 * 8.
 */
export function encodeArtifact(artifact: HeadArtifact): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(JSON.stringify(artifact.header));
  const blocks = blocksOf(artifact);
  let size = roundUp(prefixBytes + header.length, blockAlignment);
  const begins = blocks.map((block) => {
    const begin = size;
    size = roundUp(size + block.byteLength, blockAlignment);
    return begin;
  });
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(magic));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, artifactVersion, true);
  view.setUint32(12, header.length, true);
  bytes.set(header, prefixBytes);
  blocks.forEach((block, index) => {
    bytes.set(new Uint8Array(block.buffer, block.byteOffset, block.byteLength), begins[index]);
  });
  return bytes;
}

/** Reads and checks the header alone. @param ref what the message names @throws RatchetError CorruptArtifact */
export function decodeHeader(
  bytes: Uint8Array,
  ref: string | null = null,
): { readonly header: ArtifactHeader; readonly end: number } {
  if (bytes.length < prefixBytes || new TextDecoder('latin1').decode(bytes.slice(0, 8)) !== magic) {
    throw corrupt(ref, 'it does not begin as one');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== artifactVersion) {
    throw corrupt(ref, `it has version ${version}, this program reads version ${artifactVersion}`);
  }
  const end = prefixBytes + view.getUint32(12, true);
  if (end > bytes.length) {
    throw corrupt(ref, 'it is cut short');
  }
  try {
    return { header: headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes.slice(prefixBytes, end)))), end };
  } catch (cause) {
    throw corrupt(ref, 'its header is not valid', cause);
  }
}

/**
 * Reads an artifact. The blocks are views of the bytes where alignment allows it.
 * @param ref what the message names
 * @throws RatchetError CorruptArtifact
 */
export function decodeArtifact(bytes: Uint8Array, ref: string | null = null): HeadArtifact {
  const { header, end } = decodeHeader(bytes, ref);
  const aligned = bytes.byteOffset % blockAlignment === 0 ? bytes : bytes.slice();
  const lengths = blockLengths(header);
  let at = roundUp(end, blockAlignment);
  const begins = lengths.map(([elements, width]) => {
    const begin = at;
    at = roundUp(at + elements * width, blockAlignment);
    return { offset: aligned.byteOffset + begin, elements };
  });
  if (at !== bytes.length) {
    throw corrupt(ref, 'its length does not fit its header');
  }
  const [low, high, idf, scales, sparse, dense] = begins;
  if (!low || !high || !idf || !scales || !sparse || !dense) {
    throw corrupt(ref, 'it lacks a block');
  }
  const { buffer } = aligned;
  return {
    header,
    low: new Uint32Array(buffer, low.offset, low.elements),
    high: new Uint32Array(buffer, high.offset, high.elements),
    idf: new Float32Array(buffer, idf.offset, idf.elements),
    sparseScales: new Float32Array(buffer, scales.offset, scales.elements),
    sparseWeights: new Int8Array(buffer, sparse.offset, sparse.elements),
    denseWeights: new Float32Array(buffer, dense.offset, dense.elements),
  };
}

/** SHA-256 of an artifact, hex. */
export function artifactDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws RatchetError CorruptArtifact when the bytes are not those that the digest was made of */
export function checkDigest(bytes: Uint8Array, expected: string, ref: string): void {
  const digest = artifactDigest(bytes);
  if (digest !== expected) {
    throw new RatchetError(
      'CorruptArtifact',
      `Artifact ${ref} is damaged: its SHA-256 is ${digest}, expected ${expected}.`,
    );
  }
}

function blocksOf(artifact: HeadArtifact): readonly (Uint32Array | Float32Array | Int8Array)[] {
  return [
    artifact.low,
    artifact.high,
    artifact.idf,
    artifact.sparseScales,
    artifact.sparseWeights,
    artifact.denseWeights,
  ];
}

/** Elements and bytes an element of each block: low, high, idf, sparse scales, sparse weights, dense weights. */
function blockLengths({ sparseFeatures, denseWidth, classes }: ArtifactHeader): readonly (readonly [number, number])[] {
  return [
    [sparseFeatures, 4],
    [sparseFeatures, 4],
    [sparseFeatures, 4],
    [sparseFeatures, 4],
    [sparseFeatures * classes.length, 1],
    [(denseWidth + 1) * classes.length, 4],
  ];
}

function corrupt(ref: string | null, why: string, cause?: unknown): RatchetError {
  const what = ref === null ? 'This' : `Artifact ${ref}`;
  return new RatchetError('CorruptArtifact', `${what} is not readable as one of the embedded trainer: ${why}.`, {
    cause,
  });
}
