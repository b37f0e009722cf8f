import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  artifactDigest,
  checkDigest,
  decodeArtifact,
  decodeHeader,
  encodeArtifact,
  type HeadArtifact,
} from '../../../../../shared/adapters/backends/embedded/artifact.ts';
import {
  decodeSegment,
  encodeSegment,
  keyLength,
  vectorAt,
} from '../../../../../shared/adapters/backends/embedded/embedding-segment.ts';
import { embeddingLength } from '../../../../../shared/adapters/backends/embedded/use-lite.ts';

const artifact: HeadArtifact = {
  header: {
    foundation: 'none',
    labels: ['a', 'b'],
    classes: [0, 1],
    sparseFeatures: 3,
    denseWidth: 1,
    temperature: 0.5,
  },
  low: Uint32Array.of(1, 2, 3),
  high: Uint32Array.of(4, 5, 6),
  idf: Float32Array.of(1, 1.5, 2),
  sparseScales: Float32Array.of(0.1, 0.2, 0.3),
  sparseWeights: Int8Array.of(1, -2, 3, -127, 5, 6),
  denseWeights: Float32Array.of(0.25, -0.25, 1, 2),
};
const bytes = encodeArtifact(artifact);
const digest = artifactDigest(bytes);

/** The error's name, or `whole` when the bytes could be used, as a worker uses them. */
function outcome(damaged: Uint8Array): string {
  try {
    decodeHeader(damaged);
    checkDigest(damaged, digest, 'artifacts/damaged');
    decodeArtifact(damaged);
    return 'whole';
  } catch (error) {
    return error instanceof Error ? error.name : 'other';
  }
}

function decoded(damaged: Uint8Array): string {
  try {
    decodeArtifact(damaged);
    return 'decoded';
  } catch (error) {
    return error instanceof Error ? error.name : 'other';
  }
}

describe('an artifact', () => {
  test('is corrupt with any one byte changed, at every place', () => {
    expect(outcome(bytes)).toBe('whole');
    for (let at = 0; at < bytes.length; at += 1) {
      for (const change of [1, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(outcome(damaged), `byte ${at}`).toBe('CorruptArtifact');
        // Without its digest a weight may be another; nothing worse happens.
        expect(['decoded', 'CorruptArtifact']).toContain(decoded(damaged));
      }
    }
  });

  test('is corrupt when it is cut short or longer, at every length', () => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(outcome(bytes.slice(0, length))).toBe('CorruptArtifact');
    expect(outcome(new Uint8Array([...bytes, 0]))).toBe('CorruptArtifact');
  });

  test('is read or corrupt, whatever its header claims', () => {
    const huge = fc.constantFrom(0, 1, 2, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, -1, 0.5, 1e300);
    const header = fc.oneof(
      fc.jsonValue(),
      fc.record({
        foundation: fc.constantFrom('none', 'use-lite', 'x'),
        labels: fc.array(fc.string(), { maxLength: 3 }),
        classes: fc.array(huge, { maxLength: 3 }),
        sparseFeatures: huge,
        denseWidth: huge,
        temperature: fc.oneof(huge, fc.constant('1')),
      }),
    );
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 64 }), fc.integer({ min: -3, max: 3 }), (claimed, rest, off) => {
        const text = new TextEncoder().encode(JSON.stringify(claimed));
        const damaged = new Uint8Array(16 + text.length + rest.length);
        damaged.set(bytes.subarray(0, 16));
        new DataView(damaged.buffer).setUint32(12, Math.max(0, text.length + off), true);
        damaged.set(text, 16);
        damaged.set(rest, 16 + text.length);
        expect(['decoded', 'CorruptArtifact']).toContain(decoded(damaged));
      }),
      { numRuns: 500 },
    );
  });

  test('is corrupt, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(outcome(any)).toBe('CorruptArtifact');
      }),
    );
  });
});

describe('a segment of embeddings', () => {
  const vector = Float32Array.from({ length: embeddingLength }, (_, index) => index / 7);
  const segment = encodeSegment(
    ['0'.repeat(keyLength), 'f'.repeat(keyLength)].map((key) => ({ key, vector })),
    embeddingLength,
  );

  test('gives its vectors back', () => {
    const entries = decodeSegment(segment, embeddingLength);
    expect(entries.map(({ key }) => key)).toEqual(['0'.repeat(keyLength), 'f'.repeat(keyLength)]);
    for (const { offset } of entries) expect(vectorAt(segment, offset, embeddingLength)).toEqual(vector);
  });

  test('is empty with any one byte changed, or cut anywhere', () => {
    fc.assert(
      fc.property(fc.nat(segment.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = segment.slice();
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(decodeSegment(damaged, embeddingLength)).toEqual([]);
        expect(decodeSegment(segment.slice(0, at), embeddingLength)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('is empty for any bytes', () => {
    const begun = fc.uint8Array({ maxLength: 100 }).map((rest) => new Uint8Array([...segment.subarray(0, 8), ...rest]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), begun), (any) => {
        expect(decodeSegment(any, embeddingLength)).toEqual([]);
      }),
    );
  });
});
