import { describe, expect, test } from 'vitest';
import { lineageLines } from '../../../cli/lineage-tree.ts';
import type { Checkpoint } from '../../../shared/domain/models/checkpoint.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { sampleEvaluationSet } from '../../helpers/lineage-samples.ts';

function checkpoint(checkpointId: string, parentId: string | null, score?: number): Checkpoint {
  return {
    checkpointId,
    modelId: 'mail',
    parentId,
    datasetId: `d-${checkpointId}`,
    trainer: 'embedded',
    configuration: {
      foundation: 'none',
      epochs: 1,
      learningRate: 1,
      l2: 0,
      distillation: 0,
      interpolation: 0,
      embeddingDropout: 0,
      classBalance: 0,
    },
    seed: 1,
    task: classificationTask(['ham', 'spam']),
    served: { predictor: 'embedded', ref: 'models/mail/a', digest: 'x' },
    folds: null,
    runId: null,
    createdAt: '2026-01-01T00:00:00Z',
    scores: score === undefined ? {} : { 'out-of-fold': score },
  };
}

describe('lineageLines', () => {
  test('draws the tree, marks the champion and shows scores, those of older runs too', () => {
    const lines = lineageLines({
      model: 'mail',
      champion: 'b',
      checkpoints: [
        checkpoint('a', null),
        checkpoint('b', 'a', 0.9123),
        { ...checkpoint('c', 'a'), scores: { 'traffic-validation': 0.8 } },
        checkpoint('d', 'b'),
      ],
      datasets: [],
      evaluationSets: [],
      runs: [],
      moves: [],
    });
    const suffix = 'trainer embedded · 2026-01-01T00:00:00Z';
    expect(lines).toEqual([
      'mail: champion b',
      `└─ a · dataset d-a · ${suffix}`,
      `   ├─ b · ★ champion · score 0.9123 · dataset d-b · ${suffix}`,
      `   │  └─ d · dataset d-d · ${suffix}`,
      `   └─ c · score 0.8000 · dataset d-c · ${suffix}`,
    ]);
  });

  test('lists runs and moves, with texts from outside made harmless', () => {
    const lines = lineageLines({
      model: 'mail',
      champion: null,
      checkpoints: [],
      datasets: [],
      evaluationSets: [],
      runs: [],
      moves: [{ at: '2026-01-01T00:00:00Z', from: null, to: 'a', kind: 'rollback', by: 'eve@\u001b[2J', reason: 'x' }],
    });
    expect(lines).toEqual([
      'mail: no champion yet',
      'Moves:',
      '  2026-01-01T00:00:00Z · rollback · none → a · by eve@\\u001b[2J · x',
    ]);
  });

  test('lists the frozen records with their versions', () => {
    const set = (version: number, right: number, name: 'records' | 'traffic-validation' = 'records') =>
      sampleEvaluationSet({ setId: `${name}-${version}`, name, version, right, checkpointId: 'a' });
    const lines = lineageLines({
      model: 'mail',
      champion: null,
      checkpoints: [],
      datasets: [],
      // The last is of a later promotion of the same checkpoint.
      evaluationSets: [
        set(2, 8),
        set(1, 10),
        set(1, 9, 'traffic-validation'),
        { ...set(1, 9, 'traffic-validation'), runId: 'later' },
      ],
      runs: [],
      moves: [],
    });
    expect(lines.slice(1)).toEqual([
      'Frozen records:',
      '  a · records · v1 10 of 10 right → v2 8 of 10 right',
      '  a · traffic-validation · v1 9 of 10 right',
    ]);
  });
});
