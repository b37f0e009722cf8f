import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { MapSizes } from '../../../../cli/runtime/map-sizes.ts';

const definition: unknown = JSON.parse(
  await readFile(new URL('../../../../infra/state-machines/improvement-loop.asl.json', import.meta.url), 'utf8'),
);

describe('the sizes of the loop’s Maps', () => {
  test('come from the outputs of the stages before them', () => {
    const sizes = new MapSizes(definition);
    expect(sizes.of('train-candidates')).toBeNull();
    sizes.finished('prepare-run', { prepared: {}, chunks: [1, 2, 3, 4, 5] });
    sizes.finished('split-traces', { shards: [1, 2, 3] });
    sizes.finished('build-taxonomy', { clusters: [1, 2], unclustered: 4 });
    sizes.finished('plan-candidates', { candidates: [1, 2, 3, 4] });
    expect(sizes.of('answer-traces')).toBe(5);
    expect(sizes.of('judge-traces')).toBe(5);
    expect(sizes.of('analyze-failures')).toBe(3);
    expect(sizes.of('confirm-weaknesses')).toBe(2);
    expect(sizes.of('train-candidates')).toBe(4);
    expect(sizes.of('evaluate-candidates')).toBe(4);
  });

  test('go on through the results of a Map', () => {
    const sizes = new MapSizes(definition);
    sizes.finished('build-taxonomy', { clusters: [1, 2] });
    expect(sizes.of('synthesize-curriculum')).toBe(2);
  });

  test('are those of the latest iteration', () => {
    const sizes = new MapSizes(definition);
    sizes.finished('plan-candidates', { candidates: [1, 2, 3, 4] });
    sizes.finished('plan-candidates', { candidates: [1, 2] });
    expect(sizes.of('train-candidates')).toBe(2);
  });

  test('are none for a stage of no Map, whatever it put out', () => {
    const sizes = new MapSizes(definition);
    for (const output of [undefined, null, 'x', [], { shards: 3 }]) sizes.finished('split-traces', output);
    for (const state of ['split-traces', 'analyze-failures', 'nowhere']) expect(sizes.of(state)).toBeNull();
  });
});
