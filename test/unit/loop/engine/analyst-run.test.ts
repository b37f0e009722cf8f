import { expect, test } from 'vitest';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { sampleCheckpoint, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { samplePlan } from '../../../helpers/record-samples.ts';

const settings = {
  ...sampleModel().settings,
  agentTurns: 40,
  agentTurnsColdStart: 90,
  subAgentTurns: 8,
  analyzerOutputTokens: 5_000,
};
const of = (parentId: string | null, budgetUsd?: number | null) =>
  analystRun(
    samplePlan({
      run: sampleRun({ runId: 'r7', modelId: 'm7', seed: 3, ...(budgetUsd === undefined ? {} : { budgetUsd }) }),
      model: sampleModel({ settings }),
      champion: sampleCheckpoint({ parentId }),
    }),
  );

test('agents of a run may use what the settings of the model say', () => {
  expect(of('before')).toEqual({
    runId: 'r7',
    modelId: 'm7',
    seed: 3,
    allowance: { turns: 40, turnsOfOne: 8, analyzerOutputTokens: 5_000, microUsd: null },
  });
});

test('agents may take other turns while the champion is the first checkpoint', () => {
  expect(of(null).allowance.turns).toBe(90);
});

test.each([
  [undefined, null],
  [null, null],
  [0, 0],
  [1.234_567_8, 1_234_567],
])('a budget of %j dollars is %j millionths', (budgetUsd, microUsd) => {
  expect(of('before', budgetUsd).allowance.microUsd).toBe(microUsd);
});
