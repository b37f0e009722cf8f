import { describe, expect, test } from 'vitest';
import type { LabelChange } from '../../../shared/domain/base/label-change.ts';
import { type AnswersToday, answersToday, answerToday } from '../../../shared/ports/answer-today.ts';
import type { Predictor } from '../../../shared/ports/predictor.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { taskKinds } from '../../../shared/tasks/task-kinds.ts';
import { sampleCheckpoint, sampleModel } from '../../helpers/lineage-samples.ts';

const before = classificationTask(['a', 'b', 'c']);
const served = { served: { predictor: 'fixed', ref: 'x', digest: null } };
const probabilities = { a: 0.3, b: 0.3, c: 0.4 };

/** Answers all inputs by the same probabilities. */
const predictor: Predictor = {
  name: 'fixed',
  tasks: ['classification'],
  ranked: true,
  chunk: 10,
  async predict(_served, inputs, { alternatives: most = 2 } = {}) {
    const ranked = Object.entries(probabilities)
      .map(([label, confidence]) => ({ output: labelOutput(label), confidence }))
      .sort((one, other) => other.confidence - one.confidence);
    return inputs.map(() => ({
      output: ranked[0]?.output ?? null,
      confidence: ranked[0]?.confidence ?? 0,
      alternatives: ranked.slice(0, most),
    }));
  },
};

function today(labels: readonly string[], change: LabelChange): AnswersToday | null {
  const changes = [{ at: '', by: 'ana', what: 'labels' as const, change }];
  const model = sampleModel({ task: classificationTask(labels), changes });
  return answersToday(sampleCheckpoint({ task: before }), model, { tasks: taskKinds });
}

async function answer(how: AnswersToday | null, options = {}) {
  const [only] = await answerToday(served, how, ['x'], { predictors: new Map([['fixed', predictor]]) }, options);
  return only;
}

describe('the answer of a checkpoint', () => {
  test('is as it is where its labels are those of today', async () => {
    const same = answersToday(sampleCheckpoint({ task: before }), sampleModel({ task: before }), { tasks: taskKinds });
    expect(same).toBeNull();
    expect(await answer(same)).toMatchObject({ output: 'c', confidence: 0.4 });
  });

  test('has the new name of a renamed label, among the alternatives too', async () => {
    const how = today(['a', 'b', 'new'], { how: 'rename', from: 'c', to: 'new' });
    expect(await answer(how)).toEqual({
      output: 'new',
      confidence: 0.4,
      alternatives: [
        { output: 'new', confidence: 0.4 },
        { output: 'a', confidence: 0.3 },
      ],
    });
  });

  test('adds up what was merged, which may then be the most probable', async () => {
    const how = today(['ab', 'c'], { how: 'merge', labels: ['a', 'b'], aliases: [], into: 'ab' });
    const given = await answer(how);
    expect(given?.output).toBe('ab');
    expect(given?.confidence).toBeCloseTo(0.6);
    expect(given?.alternatives.map(({ output }) => output)).toEqual(['ab', 'c']);
    expect((await answer(how, { alternatives: 1 }))?.alternatives).toHaveLength(1);
  });

  test('is none where its label was split, or the old one where somebody wants the best that it can say', async () => {
    const how = today(['a', 'b', 'c1', 'c2'], { how: 'split', from: 'c', into: ['c1', 'c2'] });
    expect(await answer(how)).toEqual({
      output: null,
      confidence: 0,
      alternatives: [{ output: 'a', confidence: 0.3 }],
    });
    expect(await answer(how, { keepSplit: true })).toMatchObject({ output: 'c', confidence: 0.4 });
  });

  test('stays where labels were only added', async () => {
    const how = today(['a', 'b', 'c', 'd'], { how: 'add', labels: ['d'] });
    expect(await answer(how)).toMatchObject({ output: 'c', confidence: 0.4 });
  });
});
