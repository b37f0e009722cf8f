import { describe, expect, it } from 'vitest';
import {
  decodeArtifact,
  encodeArtifact,
  type HeadArtifact,
} from '../../../../../shared/adapters/backends/embedded/artifact.ts';

const artifact: HeadArtifact = {
  header: {
    foundation: 'none',
    labels: ['a', 'b', 'c'],
    classes: [0, 2],
    sparseFeatures: 3,
    denseWidth: 0,
    temperature: 0.5,
  },
  low: Uint32Array.of(1, 2, 0xffffffff),
  high: Uint32Array.of(4, 5, 6),
  idf: Float32Array.of(1, 1.5, 2),
  sparseScales: Float32Array.of(0.1, 0.2, 0.3),
  sparseWeights: Int8Array.of(1, -2, 3, -127, 5, 6),
  denseWeights: Float32Array.of(0.25, -0.25),
};
const bytes = encodeArtifact(artifact);

function changed(at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

describe('artifact', () => {
  it('gives back what went in, from any position in memory', () => {
    expect(decodeArtifact(bytes)).toEqual(artifact);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeArtifact(shifted.subarray(3))).toEqual(artifact);
  });

  it('is the same bytes each time', () => {
    expect(encodeArtifact(decodeArtifact(bytes))).toEqual(bytes);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['another magic', changed(0, 0)],
    ['another version', changed(8, 9)],
    ['a header that ends too early', changed(12, 5)],
    ['a header longer than the file', changed(15, 1)],
    ['a missing end', bytes.slice(0, -8)],
    ['a surplus', new Uint8Array([...bytes, 0])],
  ])('is refused with %s', (_, damaged) => {
    expect(() => decodeArtifact(damaged)).toThrow(expect.objectContaining({ name: 'CorruptArtifact' }));
  });
});
