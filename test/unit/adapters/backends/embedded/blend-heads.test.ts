import { describe, expect, it } from 'vitest';
import {
  decodeArtifact,
  encodeArtifact,
  type HeadArtifact,
} from '../../../../../shared/adapters/backends/embedded/artifact.ts';
import { blendHeads } from '../../../../../shared/adapters/backends/embedded/blend-heads.ts';

const trained: HeadArtifact = {
  header: {
    foundation: 'none',
    labels: ['a', 'b', 'c'],
    classes: [0, 2],
    sparseFeatures: 2,
    denseWidth: 0,
    temperature: 0.5,
  },
  low: Uint32Array.of(1, 2),
  high: Uint32Array.of(10, 20),
  idf: Float32Array.of(1, 2),
  sparseScales: Float32Array.of(0.01, 0.01),
  sparseWeights: Int8Array.of(100, -100, 50, 127),
  denseWeights: Float32Array.of(0.25, -0.25),
};
const champion: HeadArtifact = {
  header: {
    foundation: 'use-lite',
    labels: ['a', 'b', 'c'],
    classes: [0, 1],
    sparseFeatures: 2,
    denseWidth: 2,
    temperature: 2,
  },
  low: Uint32Array.of(2, 3),
  high: Uint32Array.of(20, 30),
  idf: Float32Array.of(4, 3),
  sparseScales: Float32Array.of(0.04, 0.08),
  sparseWeights: Int8Array.of(100, 127, -127, 127),
  denseWeights: Float32Array.of(1, 2, 3, 4, 5, 6),
};

/** Weights by class name of the n-gram with that low half of its hash. */
function weightsOf({ header, low, sparseScales, sparseWeights }: HeadArtifact, ngram: number): Record<string, number> {
  const at = low.indexOf(ngram);
  const columns = header.classes.length;
  return Object.fromEntries(
    header.classes.map((position, k) => [
      header.labels[position] ?? '',
      (sparseScales[at] ?? 0) * (sparseWeights[at * columns + k] ?? 0),
    ]),
  );
}

describe('blendHeads', () => {
  const merged = blendHeads([
    { head: trained, part: 0.75 },
    { head: champion, part: 0.25 },
  ]);

  it('has the classes, the n-grams and the embeddings of both, and speaks in log-odds', () => {
    expect(merged.header).toEqual({
      foundation: 'use-lite',
      labels: ['a', 'b', 'c'],
      classes: [0, 1, 2],
      sparseFeatures: 3,
      denseWidth: 2,
      temperature: 1,
    });
    expect([...merged.low]).toEqual([1, 2, 3]);
    expect([...merged.high]).toEqual([10, 20, 30]);
    expect([...merged.idf]).toEqual([1, 2, 3]);
  });

  it('averages the weights over the temperatures, the champion’s at the trained idf', () => {
    const only = weightsOf(merged, 1);
    expect(only.a).toBeCloseTo(0.75 * 2 * 1, 2);
    expect(only.b).toBeCloseTo(0, 2);
    expect(only.c).toBeCloseTo(0.75 * 2 * -1, 2);
    const shared = weightsOf(merged, 2);
    expect(shared.a).toBeCloseTo(0.75 * 2 * 0.5 + 0.25 * 0.5 * 4 * (4 / 2), 1);
    expect(shared.b).toBeCloseTo(0.25 * 0.5 * 5.08 * (4 / 2), 1);
    const old = weightsOf(merged, 3);
    expect(old.a).toBeCloseTo(0.25 * 0.5 * -10.16, 1);
    expect([...merged.denseWeights.subarray(0, 3)]).toEqual([0.125, 0.25, 0]);
    const constant = [...merged.denseWeights.subarray(6)];
    expect(constant).toEqual([0.75 * 2 * 0.25 + 0.125 * 5, 0.125 * 6, 0.75 * 2 * -0.25]);
  });

  it('is an artifact like any other', () => {
    expect(decodeArtifact(encodeArtifact(merged))).toEqual(merged);
  });

  it('of a head with itself answers as that head', () => {
    const same = blendHeads([
      { head: champion, part: 0.4 },
      { head: champion, part: 0.6 },
    ]);
    expect([...same.low]).toEqual([...champion.low]);
    for (const ngram of champion.low) {
      const before = weightsOf(champion, ngram);
      const after = weightsOf(same, ngram);
      for (const label of ['a', 'b']) expect(after[label]).toBeCloseTo((before[label] ?? 0) / 2, 3);
    }
  });

  it('is the mean of many heads of one temperature, where a class or an n-gram that one lacks counts as 0', () => {
    const third = { ...trained, header: { ...trained.header, classes: [0, 1] }, low: Uint32Array.of(1, 4) };
    const quarter = (head: HeadArtifact) => ({ head, part: 0.25 });
    const mean = blendHeads([quarter(trained), quarter(trained), quarter(third), quarter(third)]);
    expect([...mean.low]).toEqual([1, 2, 4]);
    expect(weightsOf(mean, 1).a).toBeCloseTo(2 * 1, 1);
    expect(weightsOf(mean, 1).b).toBeCloseTo(2 * -0.5, 1);
    expect(weightsOf(mean, 1).c).toBeCloseTo(2 * -0.5, 1);
    expect(weightsOf(mean, 2).c).toBeCloseTo(2 * 0.5 * 1.27, 1);
    expect(weightsOf(mean, 4).b).toBeCloseTo(2 * 0.5 * 1.27, 1);
    expect([...mean.denseWeights]).toEqual([0.5, -0.25, -0.25]);
  });

  it('goes by the names of labels, and leaves out classes of labels that the first head does not know', () => {
    const other = { ...trained, header: { ...trained.header, labels: ['c', 'x', 'a'] } };
    const mixed = blendHeads([
      { head: trained, part: 0.5 },
      { head: other, part: 0.5 },
    ]);
    expect(mixed.header).toMatchObject({ labels: ['a', 'b', 'c'], classes: [0, 2] });
    expect([...mixed.denseWeights]).toEqual([0, 0]);
    const foreign = { ...trained, header: { ...trained.header, labels: ['x', 'y', 'c'] } };
    const half = blendHeads([
      { head: trained, part: 0.5 },
      { head: foreign, part: 0.5 },
    ]);
    expect(half.header.classes).toEqual([0, 2]);
    expect([...half.denseWeights]).toEqual([0.25, -0.5]);
  });
});
